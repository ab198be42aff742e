import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Checked } from '../../catalogue/check.ts'
import { catalogueBeside } from '../../catalogue/load.ts'
import { parsePipeline } from '../../pipeline/document.ts'
import { HeadraceError, type Problem } from '../../pipeline/problem.ts'
import { shapeOf } from '../../pipeline/shape.ts'
import { type Chosen, chooseFiles } from './choose.ts'
import { recall, remember } from './fold.ts'
import { changesBetween, type Makes, movedSinks, otherColumns } from './makes.ts'
import type { Memory } from './memory.ts'
import type { Only } from './selection.ts'

/** What a run over some files starts from: what is stored, and how its sinks are set because of that. */
export interface Known {
  readonly memory: Memory
  /** Overrides: where something is stored, outputs are added to, whatever `ifExists` says. */
  readonly set: readonly string[]
}

/** Looks up what the completed runs have stored. Where that is nothing, the run is as any first one. */
export async function knownTo(state: string, file: string, only: Only, draft: string | undefined): Promise<Known> {
  refuseAlone(only)
  const memory = recall(state, file)
  const holds = [...memory.files.values()].some((files) => files.size > 0)
  return { memory, set: holds ? await addingSet(file, draft ?? (await readFile(file, 'utf8').catch(() => ''))) : [] }
}

function refuseAlone({ new: fresh, since, files, accept, pruneGone }: Only): void {
  const bad = (option: string, hint: string) => new HeadraceError('bad-option', `${option} goes with --new`, { hint })
  if (pruneGone && !fresh) throw bad('--prune-gone', 'Write: headrace run PIPELINE --new --prune-gone')
  if (accept && !fresh && since === undefined && files === undefined)
    throw bad('--accept', 'A run over all files needs no leave: headrace run PIPELINE')
}

/** `node.ifExists=append` for every sink that can add to an output. */
async function addingSet(file: string, text: string): Promise<string[]> {
  const catalogue = await catalogueBeside(dirname(file))
  const nodes = Object.entries(parsePipeline(text).pipeline?.nodes ?? {})
  const set = await Promise.all(
    nodes.map(async ([id, { type }]) => {
      // What cannot be loaded is the check's to say.
      const definition = await catalogue.load(type).catch(() => null)
      const adds = definition?.kind === 'sink' && Object.hasOwn(shapeOf(definition.config).properties ?? {}, 'ifExists')
      return adds ? [`${id}.ifExists=append`] : []
    }),
  )
  return set.flat()
}

interface Question {
  readonly state: string
  readonly file: string
  readonly only: Only
  readonly memory: Memory
  readonly makes: Makes
}

/** Chooses the files of a run, after it is sure that their rows fit those that are stored. */
export async function choose(checked: Checked, { state, file, only, memory, makes }: Question): Promise<Chosen> {
  const before = memory.makes
  if (only.new && !only.accept && before) refuseChanged(before, makes, memory, file)
  const chosen = await chooseFiles(checked, file, only, memory, renamedSources(before, makes, memory))
  const moved = only.new && before ? movedSinks(before, makes).map((id) => movedSink(id, memory)) : []
  const other = only.new && before && !chosen.nothing ? otherColumns(before, makes).map(columnsWarning(memory)) : []
  if (chosen.nothing || [...chosen.touched.values()].some((some) => some.length))
    remember(state, file, (now) => withTouched(now, chosen, only.accept && chosen.nothing ? makes : null))
  return { ...chosen, warnings: [...chosen.warnings, ...other, ...moved] }
}

/** Sources that are what another was, which is there no more: their files are known. */
function renamedSources(before: Makes | null, now: Makes, { files }: Memory): Record<string, string> {
  const lost = [...files.keys()].filter((id) => before?.nodes[id] && !now.nodes[id])
  const found: Record<string, string> = {}
  for (const id of Object.keys(now.nodes).filter((one) => !files.has(one))) {
    const was = lost.find((one) => before?.nodes[one] === now.nodes[id] && !Object.values(found).includes(one))
    if (was !== undefined) found[id] = was
  }
  return found
}

function refuseChanged(before: Makes, now: Makes, memory: Memory, file: string): void {
  const changes = changesBetween(before, now)
  if (changes.length === 0) return
  const message = `the pipeline makes other rows than in run ${memory.runs.at(-1)}: ${changes.join('; ')}`
  throw new HeadraceError('changed-pipeline', message, {
    hint: `Go on with the new files, beside the rows that are stored: headrace run ${file} --new --accept\nOr do all files again: headrace run ${file}`,
  })
}

const columnsWarning =
  ({ runs }: Memory) =>
  ([node, differences]: [string, string]): Problem => ({
    severity: 'warning',
    code: 'other-columns',
    message: `${node} gives other columns than in run ${runs.at(-1)}: ${differences}.`,
    hint: 'Pin its columns, so that files that differ are found before a row is stored.',
    place: { node },
  })

const movedSink = (node: string, memory: Memory): Problem => ({
  severity: 'warning',
  code: 'moved-sink',
  message: `${node} puts its rows elsewhere than in run ${memory.runs.at(-1)}: the rows of files that are stored already do not come there.`,
  hint: 'Run without --new to have all of them there.',
  place: { node },
})

/** Files whose time alone is another need not be hashed again. */
function withTouched(memory: Memory, { touched }: Chosen, makes: Makes | null): Memory {
  const files = new Map(memory.files)
  for (const [source, some] of touched) {
    const all = new Map(files.get(source))
    for (const file of some) all.set(file.path, file)
    files.set(source, all)
  }
  return { ...memory, files, makes: makes ?? memory.makes }
}
