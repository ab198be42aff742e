import type { NodePlan } from '../engine/flowplan.ts'
import type { Batch, Identity, Scope } from '../memory/index.ts'
import type { CheckedNode } from '../pipeline/check.ts'
import { runTableAlone } from '../preview/gathered.ts'
import type { TableNode } from '../sdk/node.ts'
import { fate, givenOf, leaving } from './meet.ts'
import type { Wanted } from './question.ts'
import { shortText } from './text.ts'
import { cellsOf, sameCell } from './values.ts'
import type { Entry, Met, Walk } from './walk.ts'
import type { Whole } from './whole.ts'

/** Whether what a node does with a row depends on the other rows, by what it says of itself. */
export function needsOthers({ definition, config }: CheckedNode): boolean {
  if (definition.kind === 'table') return true
  return 'ordered' in definition && (definition.ordered?.(config as never) ?? false)
}

/** Takes one row through a node that needs the others: among all rows of the run where they are few enough to go along. */
export async function together(
  node: NodePlan,
  entry: Entry,
  wanted: Wanted,
  scope: Scope,
  walk: Walk,
  whole: Whole,
): Promise<Met> {
  const checked = walk.run.checked.nodes[node.id] as CheckedNode
  const { identity } = entry.batch
  const alone = node.kind === 'table' ? await aloneIn(node, checked, entry, scope, walk) : null
  if (alone?.rejects.length) return leaving({ node, left: alone, entered: entry.batch, wanted, scope, walk })
  const all = await whole.leaving(node.id)
  if ('why' in all)
    return unknown(node, entry, `${node.id} needs all rows: ${all.why}. ${groupWords(node, alone)}`.trim())
  const rows = all.rows.flatMap((batch) => Array.from({ length: batch.rows }, (_, row) => ({ batch, row })))
  const places = rows.flatMap(({ batch, row }, place) => (comesFrom(batch.identity, row, identity) ? [place] : []))
  const found = places.length ? places : groupIn(rows, node, alone)
  const of = `of ${rows.length.toLocaleString('en')}`
  if (found.length) {
    const some = found.map((place) => one(rows[place] as Row, scope))
    const made = !places.length
    const where =
      found.length === 1
        ? `row ${(found[0] as number) + 1} ${of} that leave ${node.id}`
        : `${found.length} ${of} rows that leave ${node.id}`
    const note = made ? `goes into ${some[0]?.identity.text(0)}, made of all rows: ${where}` : where
    const left = { ports: new Map([['', some]]), rejects: [] }
    // A row made of others has an identity of its own: pieces were asked for of the one before it.
    const then = made ? { ...wanted, children: [], branch: '' } : wanted
    return leaving({ node, left, entered: entry.batch, wanted: then, scope, walk, note })
  }
  const makesOwn = rows.some(({ batch, row }) => batch.identity.originOf(row).node === node.id)
  if (makesOwn || (entry.edge?.input && Object.keys(node.inputs ?? {})[0] !== entry.edge.input))
    return unknown(
      node,
      entry,
      `${node.id} makes rows of several: which of its ${rows.length.toLocaleString('en')} rows this one is in cannot be told`,
    )
  const note = whyNone(checked, entry.batch, rows, scope)
  return leaving({ node, left: { ports: new Map(), rejects: [] }, entered: entry.batch, wanted, scope, walk, note })
}

interface Row {
  readonly batch: Batch
  readonly row: number
}

const one = ({ batch, row }: Row, scope: Scope): Batch => batch.slice(row, row + 1).into(scope)

/** What the node makes of this row without any other: its group's name, or why it is rejected. */
async function aloneIn(node: NodePlan, checked: CheckedNode, entry: Entry, scope: Scope, walk: Walk) {
  const options = { ...walk.options(node), ports: checked.ports }
  return await runTableAlone(
    { ...node, onError: 'reject' },
    checked.definition as TableNode,
    [[givenOf(entry)]],
    scope,
    options,
  )
}

/** Whether a row is another, or a piece of it: by its identity. */
function comesFrom(identity: Identity, row: number, from: Identity): boolean {
  const [a, b] = [identity.originOf(row), from.originOf(0)]
  if (a.node !== b.node || a.path !== b.path || identity.number(row) !== from.number(0)) return false
  if (nameOf(identity, row) !== nameOf(from, 0) || identity.branch !== from.branch) return false
  return from.children.every((level, depth) => identity.children[depth]?.[row] === level[0])
}

/** What stands in the place of a path: a group's name. */
function nameOf(identity: Identity, row: number): string | undefined {
  const { names } = identity.originOf(row)
  return names?.texts[identity.number(row) - names.first]
}

/** The row of the group that this row alone would make. */
function groupIn(rows: readonly Row[], node: NodePlan, alone: Awaited<ReturnType<typeof aloneIn>> | null): number[] {
  const [group] = [...(alone?.ports.values() ?? [])].flat()
  if (group?.rows !== 1 || group.identity.originOf(0).node !== node.id) return []
  const name = nameOf(group.identity, 0)
  // Without a name the only row is meant; a query's rows have numbers alone, which say nothing.
  if (name === undefined && (node.type.endsWith('/sql') || rows.length !== 1)) return []
  return rows.flatMap(({ batch, row }, place) => (nameOf(batch.identity, row) === name ? [place] : []))
}

function groupWords(node: NodePlan, alone: Awaited<ReturnType<typeof aloneIn>> | null): string {
  const [group] = [...(alone?.ports.values() ?? [])].flat()
  const name = group && group.rows === 1 && group.identity.originOf(0).node === node.id && nameOf(group.identity, 0)
  return name ? `This one goes into the group ${name}.` : ''
}

/** Why a row is not among those that left: the row that has its key, where a key decides. */
function whyNone(
  { config, input, definition }: CheckedNode,
  entered: Batch,
  rows: readonly Row[],
  scope: Scope,
): string {
  if (definition.kind !== 'table') return 'enough rows had come before it'
  const key = config['key'] === undefined ? input?.fields.map(({ name }) => name) : [config['key']].flat()
  const cells = cellsOf(entered)
  const names = (key ?? []).filter((name): name is string => typeof name === 'string' && cells.has(name))
  if (names.length === 0) return 'no row left it'
  const kept = rows.find((row) => {
    const others = cellsOf(one(row, scope))
    return names.every((name) => sameCell(others.get(name) ?? null, cells.get(name) ?? null))
  })
  if (!kept) return 'no row left it'
  const other = kept.batch.identity.text(kept.row)
  if (config['key'] === undefined) return `${other} is the same row and was kept`
  const values = names.map((name) => `${name} ${shortText(cells.get(name) ?? null, typeOf(entered, name))}`)
  return `${other} has the same ${values.join(', ')} and was kept`
}

const typeOf = (batch: Batch, name: string): string =>
  batch.schema.field(name)?.type.kind === 'string' ? 'string' : ''

function unknown(node: NodePlan, { batch }: Entry, sentence: string): Met {
  const base = { node: node.id, type: node.type, kind: node.kind, identity: batch.identity.text(0) }
  const step = {
    ...base,
    outcome: 'unknown' as const,
    outputs: [],
    more: 0,
    conditions: [],
    rejected: null,
    note: sentence,
  }
  return { step, on: [], fates: [fate('unknown', base, sentence)] }
}
