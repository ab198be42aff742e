import type { Checked } from '../catalogue/check.ts'
import { edgeText, type Pipeline } from '../pipeline/model.ts'
import type { Problem } from '../pipeline/problem.ts'
import { shapeOf } from '../pipeline/shape.ts'
import type { Json } from '../sdk/node.ts'
import { againOf } from './again.ts'
import { columnChanges } from './columns.ts'
import type { NodeChange, Review, ValueChange } from './model.ts'
import { oldEdge, oldNames } from './names.ts'
import { valueChanges } from './values.ts'

type Read = Checked & { readonly pipeline: Pipeline }

/** Compares two versions of a pipeline, each checked. */
export async function reviewOf(before: Read, after: Read): Promise<Review> {
  const names = oldNames(before.pipeline, after.pipeline)
  const kept = new Set(names.values())
  const fresh = Object.entries(after.pipeline.nodes).filter(([id]) => !names.has(id))
  const gone = Object.entries(before.pipeline.nodes).filter(([id]) => !kept.has(id))
  return {
    added: fresh.map(([id, { type, config }]) => ({ id, type, config })),
    removed: gone.map(([id, { type }]) => ({ id, type })),
    changed: [...names].flatMap(([id, old]) => nodeChange(id, old, before, after) ?? []),
    edges: edgeChanges(before.pipeline, after.pipeline, names),
    params: valueChanges(asJson(before.pipeline.params), asJson(after.pipeline.params)),
    settings: valueChanges(asJson(before.pipeline.settings), asJson(after.pipeline.settings)),
    ...columnChanges(before, after, names),
    again: await againOf(before, after, names),
    problems: problemChanges(before.problems, after.problems, names),
    drawing: drawingChanges(before.pipeline, after.pipeline, names),
  }
}

/** Whether two versions differ in nothing, not even in how they are drawn. */
export const isNothing = ({ added, removed, changed, edges, params, settings, drawing }: Review): boolean =>
  [added, removed, changed, edges.added, edges.removed, edges.reordered, params, settings, drawing].every(
    (list) => list.length === 0,
  )

const asJson = (value: object | undefined): Json => JSON.parse(JSON.stringify(value ?? {})) as Json

function nodeChange(id: string, old: string, before: Read, after: Read): NodeChange | null {
  const [a, b] = [before.pipeline.nodes[old], after.pipeline.nodes[id]]
  if (!a || !b) return null
  const properties = shapeOf(after.prepared.get(id)?.definition?.config).properties ?? {}
  const settings = valueChanges(a.config as Json, b.config as Json).map((change): ValueChange => {
    const fallback = shapeOf(properties[change.setting]).default as Json | undefined
    const isOpen = change.before === undefined || change.after === undefined
    return isOpen && fallback !== undefined ? { ...change, fallback } : change
  })
  const change: NodeChange = {
    id,
    type: b.type,
    ...(old !== id && { was: old }),
    ...(a.type !== b.type && { typeBefore: a.type }),
    ...(Boolean(a.disabled) !== Boolean(b.disabled) && { disabled: Boolean(b.disabled) }),
    settings,
  }
  return Object.keys(change).length > 3 || settings.length ? change : null
}

function edgeChanges(before: Pipeline, after: Pipeline, names: ReadonlyMap<string, string>): Review['edges'] {
  const old = new Set(before.edges.map(edgeText))
  const now = new Set(after.edges.map((edge) => oldEdge(edge, names)))
  const into = (edges: readonly string[], kept: ReadonlySet<string>, node: string) =>
    edges.filter((edge) => kept.has(edge) && edge.split(' → ')[1]?.split('.')[0] === node).join('\n')
  return {
    added: after.edges.filter((edge) => !old.has(oldEdge(edge, names))).map(edgeText),
    removed: before.edges.map(edgeText).filter((edge) => !now.has(edge)),
    reordered: [...names].flatMap(([id, was]) => (into([...old], now, was) === into([...now], old, was) ? [] : [id])),
  }
}

function problemChanges(before: readonly Problem[], after: readonly Problem[], names: ReadonlyMap<string, string>) {
  const key = ({ code, message, place }: Problem, node = place.node) => JSON.stringify([code, message, node])
  const old = new Set(before.map((one) => key(one)))
  const now = new Set(after.map((one) => key(one, names.get(one.place.node ?? '') ?? one.place.node)))
  return {
    added: after.filter((one) => !old.has(key(one, names.get(one.place.node ?? '') ?? one.place.node))),
    solved: before.filter((one) => !now.has(key(one))),
  }
}

function drawingChanges(before: Pipeline, after: Pipeline, names: ReadonlyMap<string, string>): string[] {
  const parts = ['layout', 'groups', 'notes'] as const
  const texts = ['name', 'description'] as const
  const isOther = (a: unknown, b: unknown) => JSON.stringify(a ?? null) !== JSON.stringify(b ?? null)
  // A renamed node stands where it stood.
  const renamed = (part: unknown) =>
    [...names].reduce(
      (text, [id, old]) => text.replaceAll(JSON.stringify(old), JSON.stringify(id)),
      JSON.stringify(part ?? null),
    )
  const inNodes = (['title', 'note'] as const).filter((word) =>
    [...names].some(([id, old]) => before.nodes[old]?.[word] !== after.nodes[id]?.[word]),
  )
  const kept = new Set(names.values())
  const [orderBefore, orderAfter] = [
    Object.keys(before.nodes).filter((id) => kept.has(id)),
    Object.keys(after.nodes).flatMap((id) => names.get(id) ?? []),
  ]
  return [
    ...texts.filter((text) => isOther(before[text], after[text])),
    ...parts.filter((part) => renamed(before[part]) !== JSON.stringify(after[part] ?? null)),
    ...inNodes.map((word) => `${word}s of nodes`),
    ...(isOther(orderBefore, orderAfter) ? ['order of the nodes in the file'] : []),
  ]
}
