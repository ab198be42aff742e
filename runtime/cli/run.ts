import { readFileSync } from 'node:fs'
import { restartOf } from '../engine/crash/after.ts'
import { startRun } from '../engine/run.ts'
import { givenState } from '../engine/statefolder.ts'
import type { Only } from '../engine/stored/selection.ts'
import { leastMemory, readBytes } from '../pipeline/amounts.ts'
import { HeadraceError } from '../pipeline/problem.ts'
import { type EndFlags, toTheEnd } from './ending.ts'
import { follow, type OutputOptions } from './follow.ts'
import { givenParams, type ParamFlags } from './params.ts'
import { origin } from './parent.ts'

interface RunFlags extends OutputOptions, EndFlags, ParamFlags {
  readonly set?: readonly string[]
  readonly limit?: number
  readonly workers?: number
  readonly memory?: string
  readonly state?: string
  readonly anew?: boolean
  readonly lineage?: boolean
  readonly new?: boolean
  readonly accept?: boolean
  readonly since?: string
  readonly files?: string
  readonly pruneGone?: boolean
  /** A file with the text of a draft, run in place of the pipeline file's. */
  readonly draft?: string
}

/** `headrace run`. */
export async function run(file: string, flags: RunFlags): Promise<number> {
  // This process takes up what the last one crashed in.
  const crashed = restartOf()
  if (crashed) return await (await import('./resume.ts')).resume(crashed.folder, flags)
  const { set = [], limit = null, workers = null, anew = false } = flags
  const state = givenState(flags.state)
  return await toTheEnd(flags, async () => {
    const memory = memoryOf(flags.memory)
    const params = givenParams(flags)
    return await follow(flags, async (begin) => {
      const started = await startRun({
        file,
        set,
        params,
        limit,
        workers,
        memory,
        anew,
        origin: origin(),
        ...(flags.draft !== undefined && { draft: readFileSync(flags.draft, 'utf8') }),
        ...(state && { state }),
        ...(flags.lineage && { lineage: true }),
        ...onlyOf(flags),
        ...begin,
      })
      const { idle: report, problems } = started
      return report ? { nothing: report.message, report, problems } : started
    })
  })
}

/** Which files are asked for; nothing where it is all of them. */
function onlyOf({ new: fresh = false, accept = false, since, files, pruneGone = false }: RunFlags): { only?: Only } {
  if (!fresh && !accept && !pruneGone && since === undefined && files === undefined) return {}
  const again = { ...(since !== undefined && { since }), ...(files !== undefined && { files }) }
  return { only: { new: fresh, accept, pruneGone, from: process.cwd(), ...again } }
}

/** `--memory`'s bytes; null where it was not given. */
export function memoryOf(text: string | undefined): number | null {
  if (text === undefined) return null
  const bytes = readBytes(text)
  if (bytes === null)
    throw new HeadraceError('bad-option', `--memory "${text}" is not a size`, {
      hint: 'Write 512MB, 2GiB or a number of bytes.',
    })
  if (bytes < leastMemory)
    throw new HeadraceError('bad-option', `--memory "${text}" is ${bytes} bytes; a run takes a megabyte at least`, {
      hint: 'Write the unit: 512MB, 2GiB.',
    })
  return bytes
}
