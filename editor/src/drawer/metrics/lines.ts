import type { Snapshot } from '@headrace/runtime/api'
import { edgeKey, type FlowPicture, type NodeFlow } from '@headrace/runtime/pipeline'

/** A line of the table of metrics: a node, or an edge. A count that it has not is null. */
export interface MetricLine {
  readonly kind: 'node' | 'edge'
  readonly name: string
  readonly in: number | null
  readonly out: number | null
  readonly filtered: number | null
  readonly rejected: number | null
  readonly rate: number
  readonly bytesRate: number
  /** How full an edge is, 0 to 1; null of a node and of an ended run. */
  readonly fill: number | null
  readonly full: boolean
  /** Parts of a node's time, 0 to 1; null of an edge. */
  readonly time: Pick<NodeFlow, 'working' | 'waiting' | 'blocked' | 'model'> | null
}

const nothing = { in: null, out: null, filtered: null, rejected: null, fill: null, full: false, time: null }

/** The lines of a run at work, from its last moments. */
export function liveLines({ nodes, edges }: FlowPicture): MetricLine[] {
  return [
    ...Object.entries(nodes).map(([name, flow]): MetricLine => {
      const { out, filtered, rejected, rowsPerSecond, bytesPerSecond, working, waiting, blocked, model } = flow
      return {
        ...nothing,
        kind: 'node',
        name,
        in: flow.in,
        out,
        filtered,
        rejected,
        rate: rowsPerSecond,
        bytesRate: bytesPerSecond,
        time: { working, waiting, blocked, model },
      }
    }),
    ...Object.entries(edges).map(
      ([name, { rows, rowsPerSecond, bytesPerSecond, fill, full }]): MetricLine => ({
        ...nothing,
        kind: 'edge',
        name,
        out: rows,
        rate: rowsPerSecond,
        bytesRate: bytesPerSecond,
        fill,
        full,
      }),
    ),
  ]
}

/** The lines of an ended run: its last counts, and rates and time over the whole of it. */
export function endedLines(last: Snapshot, seconds: number): MetricLine[] {
  const span = Math.max(0.001, seconds)
  return [
    ...Object.entries(last.nodes).map(([name, counts]): MetricLine => {
      const { working, waiting, blocked, resource: model } = counts
      const whole = Math.max(0.001, working + waiting + blocked + model)
      return {
        ...nothing,
        kind: 'node',
        name,
        in: counts.in,
        out: counts.out,
        filtered: counts.filtered,
        rejected: counts.rejected,
        rate: counts.out / span,
        bytesRate: counts.bytes / span,
        time: { working: working / whole, waiting: waiting / whole, blocked: blocked / whole, model: model / whole },
      }
    }),
    ...last.edges.map(
      (edge): MetricLine => ({
        ...nothing,
        kind: 'edge',
        name: edgeKey(edge),
        out: edge.rows,
        rate: edge.rows / span,
        bytesRate: edge.bytes / span,
      }),
    ),
  ]
}

/** A line's value by which it is ordered. */
const valueOfLine = (line: MetricLine, column: string): number | string | null => {
  switch (column) {
    case 'name':
      return line.name
    case 'working':
    case 'waiting':
    case 'blocked':
    case 'model':
      return line.time?.[column] ?? null
    case 'in':
    case 'out':
    case 'filtered':
    case 'rejected':
    case 'rate':
    case 'bytesRate':
    case 'fill':
      return line[column]
    default:
      return null
  }
}

/** Lines in order of a column; nodes before edges where none is named, what has no value last. */
export function sortedLines(
  lines: readonly MetricLine[],
  sort: { readonly column: string; readonly descending: boolean } | null,
): MetricLine[] {
  if (!sort) return [...lines]
  const sign = sort.descending ? -1 : 1
  return [...lines].sort((a, b) => {
    const [x, y] = [valueOfLine(a, sort.column), valueOfLine(b, sort.column)]
    if (x === null || y === null) return Number(x === null) - Number(y === null)
    return x < y ? -sign : x > y ? sign : 0
  })
}
