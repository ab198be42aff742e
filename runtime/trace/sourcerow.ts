import type { NodePlan } from '../engine/flowplan.ts'
import type { PlannedSplit } from '../engine/runfolder.ts'
import { changedSince } from '../engine/versions.ts'
import type { Batch, Scope } from '../memory/index.ts'
import { HeadraceError } from '../pipeline/problem.ts'
import { type AloneOptions, type Left, runAlone } from '../preview/alone.ts'
import type { SourceContext, SourceNode, SourceReject, Split, SplitPart } from '../sdk/node.ts'
import type { Wanted } from './question.ts'
import { pathOf, type Walk } from './walk.ts'

/** A source's row by itself, as the source let it out or rejected it. */
export interface SourceRow {
  readonly left: Left
  /** The number of the run's part that has it. */
  readonly split: number
  readonly line: number | null
  readonly raw: string | null
  /** `--limit` ended the source before it. */
  readonly beyond: boolean
}

/** Reads one row of a file again from the part in which the run read it; throws where the file has no such row. */
export async function readSourceRow(wanted: Wanted, scope: Scope, walk: Walk): Promise<SourceRow> {
  await refuseChanged(wanted, walk)
  const { source, path, row } = wanted
  const place = placeOf(walk.run.splits, wanted)
  if (!place) throw noSuchRow(wanted, null)
  const { part, split } = place
  const seen = { last: part.firstRow - 1 }
  const only = oneRow(path, row, seen)
  const left = await readPart(source, part, only, scope, walk)
  if (!holds(left)) throw noSuchRow(wanted, part.rows === undefined ? seen.last : part.firstRow + part.rows - 1)
  const { line, raw } = await lineOf(wanted, part, scope, walk)
  const beyond = walk.run.plan.flow.limit !== null && (await isBeyond(wanted, split, scope, walk))
  return { left, split, line, raw, beyond }
}

/** Runs a source over one part of a file, with what it reads seen through `read`. */
async function readPart(
  source: string,
  part: SplitPart,
  read: (source: SourceNode, context: SourceContext<never>) => AsyncIterable<Batch>,
  scope: Scope,
  walk: Walk,
): Promise<Left> {
  const definition = walk.run.checked.nodes[source]?.definition as SourceNode
  const seen: SourceNode = { ...definition, read: (context) => read(definition, context as SourceContext<never>) }
  // Nothing is promised of rows: most of the part is not let out.
  const { rows: _rows, ...bare } = part
  const split: Split = { parts: [bare], bytes: part.end - part.start }
  const node = walk.nodes.get(source) as NodePlan
  const options: AloneOptions = { ...walk.options(node), definition: seen, split, ports: [''] }
  return await runAlone({ ...node, onError: 'reject' }, [], scope, options)
}

/** Lets one row through, or its reject, and stops there. */
const oneRow = (path: string, row: number, seen: { last: number }) =>
  async function* (source: SourceNode, context: SourceContext<never>): AsyncGenerator<Batch> {
    let found = false
    const reject = (one: SourceReject) => {
      if (one.path !== path) return
      seen.last = Math.max(seen.last, one.row)
      if (one.row !== row) return
      found = true
      context.reject(one)
    }
    for await (const batch of source.read({ ...context, reject })) {
      const at = placeIn(batch, row)
      if (at >= 0) {
        yield batch.slice(at, at + 1)
        return
      }
      if (found) return
      if (batch.rows) seen.last = Math.max(seen.last, batch.identity.number(batch.rows - 1))
    }
  }

function placeIn({ identity, rows }: Batch, row: number): number {
  if (rows === 0 || identity.number(0) > row || identity.number(rows - 1) < row) return -1
  for (let at = 0; at < rows; at++) if (identity.number(at) === row) return at
  return -1
}

const holds = ({ ports, rejects }: Left): boolean =>
  [...ports.values(), rejects].some((batches) => batches.some(({ rows }) => rows > 0))

/** The part of the run that has the row: the last one that begins at it or before. */
function placeOf(
  splits: readonly PlannedSplit[],
  { source, path, row }: Wanted,
): { part: SplitPart; split: number } | null {
  let best: { part: SplitPart; split: number } | null = null
  for (const [split, one] of splits.entries()) {
    if (one.source !== source) continue
    for (const part of one.split.parts)
      if (part.path === path && part.firstRow <= row && (!best || part.firstRow >= best.part.firstRow))
        best = { part, split }
  }
  return best
}

/**
 * The row's line and its raw text. A source says them only of what it rejects: here no row is short enough for it.
 * Nothing is known where the format has no lines.
 */
async function lineOf({ source, path, row }: Wanted, part: SplitPart, scope: Scope, walk: Walk) {
  let found: SourceReject | null = null
  const enough = new AbortController()
  async function* read(definition: SourceNode, context: SourceContext<never>): AsyncGenerator<Batch> {
    const signal = AbortSignal.any([context.signal, enough.signal])
    const reject = (one: SourceReject) => {
      if (one.path === path && one.row === row) found = one
      if (one.line === undefined || one.row >= row) enough.abort()
    }
    for await (const batch of definition.read({ ...context, signal, reject, maxRowBytes: 0 })) {
      // A format without a bound for rows has no lines either.
      if (batch.rows) return
    }
  }
  try {
    await readPart(source, part, read, scope, walk)
  } catch (error) {
    if (!enough.signal.aborted) throw error
  }
  const { line = null, raw = null } = (found ?? {}) as Partial<SourceReject>
  return { line, raw }
}

/**
 * Whether `--limit` ended the source before the row: rows that it lets out are counted as the run did. A rejected row
 * counts as read with the rows after it, for the source says them together.
 */
async function isBeyond({ source, path, row }: Wanted, split: number, scope: Scope, walk: Walk): Promise<boolean> {
  const limit = walk.run.plan.flow.limit as number
  const before = { rows: 0, met: false }
  async function* count(definition: SourceNode, context: SourceContext<never>): AsyncGenerator<Batch> {
    const reject = (one: SourceReject) => (before.met ||= one.path === path && one.row === row)
    for await (const batch of definition.read({ ...context, reject: (one) => void reject(one) })) {
      const at = batch.identity.origin.path === path ? placeIn(batch, row) : -1
      before.met ||= at >= 0 && before.rows + at < limit
      before.rows += batch.rows
      if (before.met || before.rows >= limit) return
    }
  }
  const parts = walk.run.splits.flatMap((one, index) =>
    one.source === source && index <= split ? one.split.parts : [],
  )
  for (const part of parts) if (!before.met && before.rows < limit) await readPart(source, part, count, scope, walk)
  return !before.met
}

async function refuseChanged({ path }: Wanted, { run }: Walk): Promise<void> {
  const version = run.files.find((one) => one.path === path)
  const change = version && (await changedSince(version, pathOf(run, path)))
  if (!change) return
  throw new HeadraceError(
    'changed-source',
    `rows of run ${run.summary.id} cannot be traced: ${change.path} ${change.what}`,
    {
      place: { file: path },
      hint: 'Put the file back as it was, or run the pipeline anew and trace that run.',
    },
  )
}

function noSuchRow({ path, source, row }: Wanted, rows: number | null): HeadraceError {
  const count = rows === null ? '' : `: it has ${rows} ${rows === 1 ? 'row' : 'rows'}`
  return new HeadraceError('no-such-row', `${path || source} has no row ${row}${count}`, {
    hint: 'Rows are counted from 1, a header not.',
  })
}
