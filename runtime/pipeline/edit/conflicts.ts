import type { CheckAnswer } from '../../server/api/pipelines.ts'
import { type Pipeline, type PipelineEdge, portText } from '../model.ts'
import { isNumeric, parseType } from '../types.ts'
import type { Fix } from './fix.ts'
import { sameInput } from './inputs.ts'
import { insertInto } from './insert.ts'
import { columnsAt, columnsOn } from './kinds.ts'
import { connect } from './operations.ts'

/** A column that would enter a node with two types. */
export interface TypeConflict {
  readonly column: string
  /** The type on the edge that brings it now. */
  readonly type: string
  /** The type on an edge before it, which counts, and that edge. */
  readonly wanted: string
  readonly on: PipelineEdge
  /** Every other edge that brings it, and with which type. */
  readonly others: readonly { readonly type: string; readonly on: PipelineEdge }[]
}

/** The columns of an edge, there or to be, that come with another type over an edge before it. */
export function typeConflicts(pipeline: Pipeline, edge: PipelineEdge, answer: CheckAnswer | null): TypeConflict[] {
  const at = pipeline.edges.indexOf(edge)
  const carriers = new Map<string, { type: string; on: PipelineEdge; before: boolean }[]>()
  for (const [i, on] of pipeline.edges.entries()) {
    if (!sameInput(on, edge.to) || i === at) continue
    for (const { name, type } of columnsOn(answer, pipeline, on) ?? []) {
      const carrier = { type, on, before: at < 0 || i < at }
      carriers.set(name, [...(carriers.get(name) ?? []), carrier])
    }
  }
  const columns = at >= 0 ? columnsOn(answer, pipeline, edge) : columnsAt(answer, edge.from)
  return (columns ?? []).flatMap(({ name, type }) => {
    const others = carriers.get(name) ?? []
    const first = others.find(({ before }) => before)
    return first && first.type !== type ? [{ column: name, type, wanted: first.type, on: first.on, others }] : []
  })
}

/** Ways out of conflicts: cast what comes, make both sides text, or give it another name. */
export function conflictFixes(edge: PipelineEdge, conflicts: readonly TypeConflict[], names: readonly string[]): Fix[] {
  const columns = conflicts.map(({ column }) => column)
  const fixes: Fix[] = []
  if (conflicts.every(({ type, wanted }) => canCast(type, wanted))) {
    const [only] = conflicts
    const what = conflicts.length === 1 ? `${quoted(columns)} to ${only?.wanted}` : quoted(columns)
    const picks = conflicts.map(({ column, wanted }) => ({ column, type: wanted }))
    fixes.push({
      title: `Cast ${what} on the way`,
      change: (pipeline) => insertInto(pipeline, edge, 'cast', select(picks)),
    })
  }
  const others = conflicts.flatMap(({ column, others }) => others.map(({ type, on }) => ({ column, type, on })))
  const here = conflicts.map(({ column, type }) => ({ column, type, on: edge }))
  const changed = Map.groupBy(
    [...others, ...here].filter(({ type }) => type !== 'string'),
    ({ on }) => on,
  )
  if (conflicts.some(({ type, wanted }) => wanted !== 'string' && !(isNumber(type) && isNumber(wanted)))) {
    const change: Fix['change'] = (pipeline) =>
      [...changed].reduce(
        (one, [on, columns]) => {
          const picks = columns.map(({ column }) => ({ column, type: 'string' }))
          return insertInto(one, on, 'text', select(picks))
        },
        connect(pipeline, edge),
      )
    const [[only] = []] = changed
    const where = changed.size === 1 && only ? `on the edge from ${portText(only.from)}` : `on ${changed.size} edges`
    fixes.push({ title: `Make ${quoted(columns)} text ${where}`, change })
  }
  const renamed = conflicts.map(({ column }) => ({ column, as: freeName(column, [...names, ...columns]) }))
  const title = `Keep both: rename ${renamed.map(({ column, as }) => `\`${column}\` to \`${as}\``).join(', ')}`
  fixes.push({ title, change: (pipeline) => insertInto(pipeline, edge, 'rename', select(renamed)) })
  return fixes
}

/** A select that changes some columns and keeps the rest. */
export const select = <P extends { readonly column: string }>(columns: readonly P[]) => ({
  type: 'transforms/select',
  config: { columns, rest: 'keep' },
})

/** Column names for people: `price`, `id` and `name`. */
export function quoted(names: readonly string[]): string {
  const all = names.map((name) => `\`${name}\``)
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`
}

export function freeName(name: string, taken: readonly string[]): string {
  for (let n = 2; ; n++) if (!taken.includes(`${name}_${n}`)) return `${name}_${n}`
}

const isNumber = (type: string): boolean => {
  const parsed = parseType(type)
  return parsed !== null && isNumeric(parsed)
}

/** Casts that `transforms/select` surely has; there are more, of nested types and times. */
export function canCast(from: string, to: string): boolean {
  const [a, b] = [parseType(from), parseType(to)]
  if (!a || !b) return false
  if (b.kind === 'string' || a.kind === 'null') return true
  if (a.kind === 'string') return !['list', 'fixed', 'struct', 'null'].includes(b.kind)
  return isNumeric(a) && isNumeric(b)
}
