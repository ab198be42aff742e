import type { Json } from '../../../sdk/node.ts'
import type { CheckAnswer } from '../../../server/api/pipelines.ts'
import type { ColumnView } from '../../../server/api/rows.ts'
import type { Pipeline } from '../../model.ts'
import { nearest } from '../../problem.ts'
import { columnsOn } from '../kinds.ts'
import { setSetting } from '../operations.ts'

/** The names of the columns that enter a node, by one of its inputs; where problems hide them, those of the nearest nodes before it. */
export function inputNames(pipeline: Pipeline, answer: CheckAnswer, node: string, input?: string): string[] {
  const inputs = answer.nodes[node]?.inputs ?? []
  const meant = inputs.filter(({ name }) => input === undefined || name === input)
  const known = (meant.length ? meant : inputs).flatMap(({ columns }) => columns ?? [])
  if (known.length) return [...new Set(known.map(({ name }) => name))]
  for (const before of nodesBefore(pipeline, node)) {
    const view = answer.nodes[before]
    const columns = view?.output ?? view?.input
    if (columns) return columns.map(({ name }) => name)
  }
  return []
}

/** The nodes that lead to one, the nearest first. */
export function nodesBefore({ edges }: Pipeline, node: string): string[] {
  const into = Map.groupBy(edges, ({ to }) => to.node)
  const found = new Set<string>()
  const waiting = [node]
  for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) {
    for (const { from } of into.get(at) ?? []) {
      if (found.has(from.node) || from.node === node) continue
      found.add(from.node)
      waiting.push(from.node)
    }
  }
  return [...found]
}

/** What a column is called now: found at the nearest node before that let it out in an earlier answer and does no more. */
export function renamedTo(
  pipeline: Pipeline,
  answer: CheckAnswer,
  history: readonly CheckAnswer[],
  node: string,
  column: string,
): string | null {
  for (const before of nodesBefore(pipeline, node)) {
    const now = answer.nodes[before]?.output
    if (!now || now.some(({ name }) => name === column)) continue
    for (const earlier of history) {
      const then = earlier.nodes[before]?.output
      if (then?.some(({ name }) => name === column)) return successor(column, then, now)
    }
  }
  return null
}

/** Of the columns that are new, the one in the old one's place, else the only one of its type, else the nearest name. */
function successor(column: string, then: readonly ColumnView[], now: readonly ColumnView[]): string | null {
  const fresh = now.filter(({ name }) => !then.some((one) => one.name === name))
  const at = then.findIndex(({ name }) => name === column)
  const type = then[at]?.type
  const inPlace = then.length === now.length ? fresh.find((one) => one === now[at]) : undefined
  if (inPlace) return inPlace.name
  const alike = fresh.filter((one) => one.type === type)
  if (alike.length === 1) return alike[0]?.name ?? null
  return (
    nearest(
      column,
      fresh.map(({ name }) => name),
    ) ?? (fresh.length === 1 ? (fresh[0]?.name ?? null) : null)
  )
}

/** The select before a node that leaves a column out, and how it keeps it. */
export function droppedBy(
  pipeline: Pipeline,
  answer: CheckAnswer,
  node: string,
  column: string,
): { node: string; change: (pipeline: Pipeline) => Pipeline } | null {
  for (const id of nodesBefore(pipeline, node)) {
    const view = answer.nodes[id]
    const enters = view?.input?.some(({ name }) => name === column)
    if (!enters || view?.output?.some(({ name }) => name === column)) continue
    const { type, config = {} } = pipeline.nodes[id] ?? {}
    if (type !== 'transforms/select') return null
    if (config['rest'] === 'keep' && !(config['drop'] as Json[] | undefined)?.includes(column)) return null
    const list = (key: string) => (Array.isArray(config[key]) ? (config[key] as Json[]) : [])
    const [key, value] =
      config['rest'] === 'keep'
        ? ['drop', list('drop').filter((name) => name !== column)]
        : ['columns', [...list('columns'), column]]
    return { node: id, change: (one) => setSetting(one, id, [key as string], value as Json) }
  }
  return null
}

/** The columns that enter a node, as far as the check knows them. */
export function entering(pipeline: Pipeline, answer: CheckAnswer, node: string): readonly ColumnView[] {
  const known = answer.nodes[node]?.inputs ?? []
  if (known.length && known.every(({ columns }) => columns !== null))
    return known.flatMap(({ columns }) => columns ?? [])
  return pipeline.edges.filter(({ to }) => to.node === node).flatMap((edge) => columnsOn(answer, pipeline, edge) ?? [])
}
