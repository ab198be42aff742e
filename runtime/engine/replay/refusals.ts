import type { CheckedNode } from '../../pipeline/check.ts'
import { lineageColumn } from '../../pipeline/lineage.ts'
import { HeadraceError } from '../../pipeline/problem.ts'
import type { SourceNode } from '../../sdk/node.ts'
import type { DeadLetter } from '../deadletters-reader.ts'
import { type FlowPlan, reach } from '../flowplan.ts'
import type { PlannedSplit, RunSummary } from '../runfolder.ts'
import { rowOf } from './enter.ts'

/** Throws where a run is not at the point that its rejected rows can be run again. */
export function refuseUnfinished({ id, path, status, finished }: RunSummary): void {
  if (status === 'running')
    throw new HeadraceError('unfinished-run', `run ${id} is still at work`, { hint: 'Wait until it has ended.' })
  if (finished) return
  throw new HeadraceError('unfinished-run', `run ${id} has not stored all of its rows (${status})`, {
    hint: `Go on with it first: headrace resume ${path}`,
  })
}

/** Throws where a replay stored rows and did not end: they would be stored twice. */
export function refuseHalfReplayed(replays: readonly RunSummary[]): void {
  const half = replays.find(({ finished, committed }) => !finished && committed.length > 0)
  if (!half) return
  throw new HeadraceError(
    'unfinished-run',
    `run ${half.id}, which runs these rows again, has not ended and has stored some`,
    { hint: `Go on with it first: headrace resume ${half.path}` },
  )
}

/** Throws where a later replay has run the same rows: a replay that stored nothing yet has nothing to go on with. */
export function refuseOvertaken({ id, run, committed }: RunSummary, replays: readonly RunSummary[]): void {
  const later = replays.find((other) => other.run.now > run.now && other.finished)
  if (!later || committed.length > 0) return
  throw new HeadraceError('overtaken', `run ${id} cannot go on: run ${later.id} has replayed these rows since`, {
    hint: `Replay what is left: headrace replay ${later.run.pipeline}`,
  })
}

/** Throws where a later run has put its own output in the place of this run's. */
export function refuseReplaced(run: RunSummary, runs: readonly RunSummary[], nodes: readonly CheckedNode[]): void {
  const sink = nodes.find(({ definition, config }) => definition.kind === 'sink' && config['ifExists'] === 'replace')
  const later = runs.find(
    (other) =>
      other.run.now > run.run.now &&
      other.finished &&
      other.run.replayOf === null &&
      !other.run.adds &&
      other.run.pipeline === run.run.pipeline &&
      other.run.set.join() === run.run.set.join(),
  )
  if (!sink || !later) return
  const message = `run ${later.id} has replaced what run ${run.id} stored in ${sink.id}: its rows must not be added to that`
  throw new HeadraceError('replaced', message, {
    place: { node: sink.id },
    hint: `Replay the later run: headrace replay ${later.path}`,
  })
}

/** Throws where rows would come to a node that needed all rows: it made its own without them, and those are stored. */
function refuseTooLate(splits: readonly PlannedSplit[], flow: FlowPlan): void {
  for (const source of new Set(splits.map((split) => split.source))) {
    const table = reach(flow, source).nodes.find(({ kind }) => kind === 'table')
    if (table) throw tooLate(source, table.id)
  }
}

function tooLate(source: string, table: string): HeadraceError {
  const where = source === table ? `${table} rejected some rows` : `${source} rejected some rows that lead to ${table}`
  return new HeadraceError(
    'no-replay',
    `${where}, which made its own of all the others: they cannot be replayed alone`,
    {
      place: { node: source },
      hint: `Correct them where they come from, or mend the pipeline, and run it anew. Rows rejected behind ${table} can be replayed: name them with --rows.`,
    },
  )
}

/** Throws where rows would enter a node from which no sink is reached any more, or come to one that needs all rows. */
export function refuseUnreachable(splits: readonly PlannedSplit[], flow: FlowPlan): void {
  refuseTooLate(splits, flow)
  const lost = splits.find(({ source }) => !flow.nodes.some(({ id }) => id === source))
  if (!lost) return
  throw new HeadraceError('no-replay', `${lost.source} leads to no sink any more`, {
    place: { node: lost.source },
    hint: 'Connect it, or run the pipeline anew.',
  })
}

/** Why a row cannot enter the node that rejected it as the node is now; null where it can. `mended`: its new columns. */
export function whyNot(
  index: number,
  letter: DeadLetter,
  node: CheckedNode | undefined,
  mended: readonly string[],
): HeadraceError | null {
  const { node: id } = letter
  const refusal = (message: string, hint: string, column?: string) =>
    new HeadraceError('no-replay', message, { place: { node: id, ...(column !== undefined && { column }) }, hint })
  const anew = 'Run the pipeline anew instead.'
  if (!node) return refusal(`${id}, which rejected row ${index}, is not in the pipeline any more`, anew)
  if (node.definition.kind === 'table') return tooLate(id, id)
  const isSource = node.definition.kind === 'source'
  if (letter.raw !== isSource) return refusal(`${id}, which rejected row ${index}, is another kind of node now`, anew)
  if (isSource && !(node.definition as SourceNode).rejoin)
    return refusal(`${id} cannot read a rejected row again`, 'Correct the file and run the pipeline anew.')
  const names = isSource ? ['raw'] : (node.input?.fields.map(({ name }) => name) ?? [])
  const stray = mended.find((name) => !names.includes(name))
  if (stray !== undefined)
    return refusal(`row ${index} has no column "${stray}" to mend`, `There are ${names.join(', ')}.`, stray)
  const missing = names.find((name) => name !== lineageColumn.name && !Object.hasOwn(letter.values, name))
  if (missing !== undefined) {
    const message = `row ${index} was rejected when ${id} had no column "${missing}"`
    return refusal(message, `Mend it with a value for the column, or run the pipeline anew.`, missing)
  }
  try {
    if (!isSource && node.input) rowOf(letter, node.input)
    return null
  } catch (error) {
    const message = `row ${index} cannot enter ${id}: ${(error as Error).message}`
    return refusal(message, 'Mend the value, or run the pipeline anew.')
  }
}
