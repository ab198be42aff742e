import type { NodeKind, NodeTypeView } from '@headrace/runtime/api'

/** The categories, in the order of a pipeline. */
export const kinds: readonly { readonly kind: NodeKind; readonly title: string }[] = [
  { kind: 'source', title: 'Sources' },
  { kind: 'transform', title: 'Transforms' },
  { kind: 'table', title: 'Whole tables' },
  { kind: 'model', title: 'Models' },
  { kind: 'sink', title: 'Sinks' },
]

/** The node types that a search finds, best first inside each kind: title, then type, then description. */
export function findTypes(types: readonly NodeTypeView[], query: string): NodeTypeView[] {
  const wanted = query.trim().toLowerCase()
  if (wanted === '') return [...types]
  const ranked = types.map((type) => ({ type, rank: rankOf(type, wanted) })).filter(({ rank }) => rank > 0)
  return ranked.sort((a, b) => b.rank - a.rank).map(({ type }) => type)
}

function rankOf({ title, type, description, kind }: NodeTypeView, wanted: string): number {
  const name = title.toLowerCase()
  if (name.startsWith(wanted)) return 5
  if (name.includes(wanted)) return 4
  if (type.toLowerCase().includes(wanted)) return 3
  const all = `${name} ${type} ${description} ${kind}`.toLowerCase()
  return wanted.split(/\s+/).every((word) => all.includes(word)) ? 1 : 0
}
