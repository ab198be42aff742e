import { mkdirSync, mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import type { NodePlan } from '../engine/flowplan.ts'
import { identitiesOf } from '../engine/identities.ts'
import type { Batch, Scope } from '../memory/index.ts'
import { lineageColumn } from '../pipeline/lineage.ts'
import { runAlone } from '../preview/alone.ts'
import type { SinkNode } from '../sdk/node.ts'
import type { TracedFate } from '../server/api/trace.ts'
import { fate, givenOf, leaving } from './meet.ts'
import type { Wanted } from './question.ts'
import { type Entry, type Met, pathOf, type Walk } from './walk.ts'

/**
 * Takes one row to a sink: what it stages is thrown away, the sink is not opened. `split`: the run's part that has the
 * row; null where a node before needed all rows and made parts of its own.
 */
export async function reachSink(
  node: NodePlan,
  entry: Entry,
  split: number | null,
  wanted: Wanted,
  scope: Scope,
  walk: Walk,
): Promise<Met> {
  const folder = mkdtempSync(join(tmpdir(), 'headrace-trace-'))
  let staged = 0
  const stage = (_end: unknown, _split: number, _count: number, ending: string) => {
    mkdirSync(folder, { recursive: true })
    return join(folder, `${staged++}${ending}`)
  }
  try {
    const part = { index: split ?? 0, source: '', stage }
    const options = { ...walk.options(node), ports: [], part }
    const left = await runAlone({ ...node, onError: 'reject' }, [givenOf(entry)], scope, options)
    const met = leaving({ node, left, entered: entry.batch, wanted, scope, walk })
    if (met.step.outcome === 'rejected') return met
    const kept = left.books.parents > 0
    const own = kept ? await storedOf(node, entry.batch, split, scope, walk) : null
    return {
      step: { ...met.step, outcome: kept ? 'stored' : 'filtered' },
      on: [],
      fates: own ? [own] : [fate('filtered', met.step, `filtered by ${node.id}: it set the row aside`)],
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Whether the run has stored a row that reached a sink. */
async function storedOf(
  node: NodePlan,
  row: Batch,
  split: number | null,
  scope: Scope,
  walk: Walk,
): Promise<TracedFate> {
  const { progress, summary, checked } = walk.run
  const base = { node: node.id, identity: row.identity.text(0) }
  const finished = progress.finished.get(node.id)
  const path = finished?.path ?? outputOf(node, walk)
  const committed = split === null ? summary.finished : progress.committed.get(node.id)?.has(split)
  if (!finished && !committed) {
    const how = summary.status === 'running' ? 'the run is at work' : 'the run ended before its part was stored'
    const next = summary.status === 'running' ? 'it comes later' : `headrace resume ${summary.id} goes on`
    return fate('waiting', base, `not stored by ${node.id} yet: ${how}; ${next}`)
  }
  const definition = checked.nodes[node.id]?.definition as SinkNode
  const there = definition.find ? await lookUp(definition, node, row, scope, walk) : undefined
  const name = path && shownPath(path, walk)
  const into = name ? `written to ${name} by ${node.id}` : `taken by ${node.id}`
  if (there === undefined) {
    const ready =
      finished || !path || definition.replaces?.(node.config as never)
        ? ''
        : '; the file is put in place when the run ends'
    return fate('stored', base, `${into}${ready}`, path)
  }
  if (there === null) return fate('replaced', base, `${into}, but ${name} has no row with its key any more`, path)
  if (there.same) return fate('stored', base, `${into}; it is there under ${there.key}`, path)
  const by = there.identity ? ` (${there.identity})` : ''
  return fate('replaced', base, `${into}, then replaced by another row with ${there.key}${by}`, path)
}

/** A path as the pipeline would write it. */
function shownPath(path: string, { run }: Walk): string {
  const short = relative(run.checked.folder, path)
  return short.startsWith('..') ? path : short
}

/** Where a sink writes, by its settings; null where nobody knows. */
function outputOf({ config }: NodePlan, { run }: Walk): string | null {
  const { path } = config as { path?: unknown }
  return typeof path === 'string' ? pathOf(run, path) : null
}

interface There {
  readonly same: boolean
  readonly key: string
  readonly identity: string | null
}

/** The stored row with this one's key: whether it is this one. Undefined where that cannot be told. */
async function lookUp(
  sink: SinkNode,
  node: NodePlan,
  row: Batch,
  scope: Scope,
  walk: Walk,
): Promise<There | null | undefined> {
  const own = node.lineage ? row.with([[lineageColumn, identitiesOf(row, scope)]]) : row
  const found = await sink.find?.({
    config: node.config as never,
    resolve: (path) => pathOf(walk.run, path),
    row: own.row(0),
  })
  if (!found) return found
  const { key, values } = found
  if (values === null) return null
  const name = lineageColumn.name
  if (node.lineage && typeof values[name] === 'string')
    return { same: values[name] === own.row(0)[name], key, identity: values[name] }
  const mine = own.row(0)
  // What a model gives may differ in its last digits from batch to batch.
  const exact = own.schema.fields.filter(({ type }) => type.kind !== 'fixed' && type.kind !== 'list')
  const same = exact.every(
    (field) => !Object.hasOwn(values, field.name) || plain(mine[field.name]) === plain(values[field.name]),
  )
  return { same, key, identity: null }
}

const plain = (value: unknown): string =>
  JSON.stringify(value ?? null, (_, one) => (typeof one === 'bigint' ? `${one}n` : one))
