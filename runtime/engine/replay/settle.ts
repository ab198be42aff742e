import { existsSync, readdirSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Disk, processDisk } from '../../disk/index.ts'
import { deadLetterFile, letterLines } from '../deadletters-reader.ts'
import { linesOf, openIfThere, textBetween } from '../linesof.ts'
import { listRuns, type RunSummary } from '../runfolder.ts'

/** Where a replay says that the rows which it stored have left the file of the run that rejected them. */
const settledFile = (folder: string): string => join(folder, 'settled')

/** The finished replays of a run whose rows have not left its file yet: their process ended in between. */
export const unsettled = (replays: readonly RunSummary[]): RunSummary[] =>
  replays.filter(({ finished, path }) => finished && !existsSync(settledFile(path)))

/** The replays of a run, oldest first. */
export const replaysOf = (run: { readonly id: string; readonly path: string }): RunSummary[] =>
  listRuns(join(dirname(run.path), '..'))
    .filter((other) => other.run.replayOf === run.id)
    // Ids of the same second are in no order.
    .sort((a, b) => a.run.now - b.run.now)

/**
 * Takes the rows of a finished replay out of the file of the run that rejected them; what was rejected again stays there
 * with its new reason. A new file is put in place at once, so that this may be done again after a crash.
 */
export async function settle(
  run: { readonly id: string; readonly path: string },
  replay: string,
  given: Disk = processDisk(),
): Promise<void> {
  const disk = given.at('replay.settle')
  const replayed = new Set<string>()
  for (const name of readdirSync(replay)) {
    if (!/^replayed-.*\.ndjson$/.test(name)) continue
    for await (const { text } of linesOf(join(replay, name))) replayed.add(keyOf(text))
  }
  const again = new Map<string, Range>()
  for await (const { text, start, end } of letterLines(replay)) again.set(keyOf(text), { start, end })
  await using letters = await openIfThere(deadLetterFile(replay))
  const read = async ({ start, end }: Range) => await textBetween(letters as FileHandle, start, end)
  await rewrite(disk, run.path, replayed, again, read)
  // An earlier replay had some of these rows rejected again: they are this one's now.
  const all = replaysOf(run)
  const own = all.findIndex(({ path }) => path === replay)
  for (const { path } of all.slice(0, Math.max(0, own))) await rewrite(disk, path, replayed, new Map(), read)
  const done = await disk.open(settledFile(replay), 'new')
  await done.close()
  await disk.syncFolder(replay)
}

interface Range {
  readonly start: number
  readonly end: number
}

/** A row is rejected once by a node. */
export function keyOf(line: string): string {
  const { _node, _identity } = JSON.parse(line) as { _node: string; _identity: string } // as a run wrote it
  return `${_node}\n${_identity}`
}

/** Writes a file of rejected rows anew: without the rows replayed, with those rejected again in their places or behind. */
async function rewrite(
  disk: Disk,
  folder: string,
  replayed: ReadonlySet<string>,
  again: ReadonlyMap<string, Range>,
  read: (range: Range) => Promise<string>,
): Promise<void> {
  const path = deadLetterFile(folder)
  if (!existsSync(path)) return
  const hidden = `${path}.tmp`
  const rest = new Map(again)
  let changed = again.size > 0
  let kept = 0
  const file = await disk.open(hidden, 'new')
  let bytes = 0
  let waiting = ''
  const write = async (line: string) => {
    kept++
    waiting += `${line}\n`
    if (waiting.length > 1 << 20) await flush()
  }
  const flush = async () => {
    const some = Buffer.from(waiting)
    waiting = ''
    await file.write(some, bytes)
    bytes += some.length
  }
  try {
    for await (const { text } of letterLines(folder)) {
      const key = keyOf(text)
      const anew = rest.get(key)
      rest.delete(key)
      if (anew) await write(await read(anew))
      else if (!replayed.has(key)) await write(text)
      else changed = true
    }
    for (const range of rest.values()) await write(await read(range))
    await flush()
    await file.sync()
  } finally {
    await file.close()
  }
  if (changed && kept > 0) await disk.rename(hidden, path)
  else await disk.remove(hidden)
  if (changed && kept === 0) await disk.remove(path)
  // An earlier try may have been killed before the names were on disk.
  await disk.syncFolder(folder)
}
