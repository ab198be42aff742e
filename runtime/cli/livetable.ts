import type { FlowPicture } from '../pipeline/live.ts'
import { duration, grouped, size, styled, table } from './print.ts'

/** What of a run does not change while it is at work. */
export interface RunShape {
  readonly nodes: readonly { readonly id: string; readonly kind: string }[]
  /** Source rows, where every source knows them. */
  readonly rowsExpected: number | null
}

/** A run's flow as a table of at most `width` characters: a line a node, then what holds it up, then the time. */
export function liveTable(picture: FlowPicture, shape: RunShape | null, width: number): string {
  const nodes = Object.entries(picture.nodes)
  const some = (count: number) => (count ? grouped(count) : '')
  // An edge may name the input that it leads to: `orders → join.left`.
  const into = Object.groupBy(
    Object.entries(picture.edges),
    ([key]) => key.slice(key.indexOf(' → ') + 3).split('.', 1)[0] as string,
  )
  const tables = new Set(shape?.nodes.flatMap(({ id, kind }) => (kind === 'table' ? [id] : [])))
  const columns: readonly [head: string, cells: string[]][] = [
    ['in', nodes.map(([, node]) => grouped(node.in))],
    ['out', nodes.map(([, node]) => grouped(node.out))],
    ['filtered', nodes.map(([, node]) => some(node.filtered))],
    ['rejected', nodes.map(([, node]) => some(node.rejected))],
    ['rows', nodes.map(([, node]) => `${grouped(Math.round(node.rowsPerSecond))}/s`)],
    ['bytes', nodes.map(([, node]) => (node.bytesPerSecond >= 1 ? `${size(node.bytesPerSecond)}/s` : ''))],
    ['input full', nodes.map(([id]) => fullness((into[id] ?? []).map(([, edge]) => edge.fill)))],
  ]
  const shown = columns.filter(([, cells]) => cells.some(Boolean))
  const right = new Set(shown.map((_, column) => column + 1))
  const head = ['', ...shown.map(([name]) => name), '']
  const rows = nodes.map(([id, node], row) => [
    id,
    ...shown.map(([, cells]) => cells[row] as string),
    tables.has(id) && isKeeping(node) ? 'waits for all rows' : share(node),
  ])
  const cut = (line: string) => line.slice(0, Math.max(20, width - 1)).trimEnd()
  // A line that wraps would be drawn over by the next picture.
  const [first = '', ...lines] = table([head, ...rows], right)
    .split('\n')
    .map(cut)
  const { bottleneck } = picture
  const held = bottleneck ? [styled('yellow', cut(bottleneck.sentence))] : []
  return [styled('dim', first), ...lines, ...held, styled('dim', timeText(picture, shape))].join('\n')
}

/** The same in one line: time, rows out of each node, what holds it up, the edges that are full. */
export function liveLine(picture: FlowPicture, shape: RunShape | null): string {
  const counts = Object.entries(picture.nodes).map(([id, { out }]) => `${id} ${grouped(out)}`)
  const full = Object.entries(picture.edges).flatMap(([key, edge]) => (edge.full ? [key] : []))
  const parts = [
    counts.join(', '),
    ...(picture.bottleneck ? [picture.bottleneck.sentence] : []),
    ...(full.length ? [`full: ${full.join(', ')}`] : []),
  ]
  return `${timeText(picture, shape)}: ${parts.join(' · ')}`
}

const fullness = (fills: readonly number[]): string => {
  const most = Math.max(0, ...fills)
  return most >= 0.01 ? `${Math.round(most * 100)} %` : ''
}

/** A node that needs all rows keeps them until the last one has come, and then works on them all the time. */
const isKeeping = (node: FlowPicture['nodes'][string]): boolean => node.in > 0 && node.out === 0 && node.working < 0.9

/** What a node mostly does, in words. */
function share({ working, waiting, blocked, model }: FlowPicture['nodes'][string]): string {
  const parts = [
    ['busy', working],
    ['waits for input', waiting],
    ['blocked by output', blocked],
    ['in the model', model],
  ] as const
  const [name, most] = parts.reduce((best, part) => (part[1] > best[1] ? part : best))
  return most > 0 ? `${name} ${Math.round(most * 100)} %` : ''
}

function timeText(picture: FlowPicture, shape: RunShape | null): string {
  const done = rowsDone(picture, shape)
  const expected = shape?.rowsExpected
  const passed = duration(picture.at / 1000)
  if (!expected || done === 0 || done >= expected) return passed
  const left = (picture.at / 1000) * (expected / done - 1)
  return `${passed}, ${Math.round((done / expected) * 100)} %, ${duration(left)} left`
}

function rowsDone({ nodes }: FlowPicture, shape: RunShape | null): number {
  const of = (kind: string) => shape?.nodes.filter((node) => node.kind === kind).map(({ id }) => nodes[id]) ?? []
  const read = of('source').reduce((sum, node) => sum + (node?.in ?? 0), 0)
  // Behind a node that needs all rows there may be fewer, or more.
  if (of('table').length) return read
  // A model may lag far behind its source: the row that counts is the slowest node's.
  return Math.min(read, ...of('model').map((node) => node?.out ?? 0))
}
