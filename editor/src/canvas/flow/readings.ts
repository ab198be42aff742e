import type { EdgeFlow, FlowPicture, NodeFlow } from '@headrace/runtime/pipeline'
import { bytes, exact, rounded, share } from '../../style/numbers.ts'
import { words } from '../words.ts'

/** What an edge shows of a run; rounded, so that it changes only when the reader would see it. */
export interface EdgeReading {
  /** `310 rows/s` while rows flow, `3,979 rows` after. */
  readonly rate: string
  readonly unit: string
  readonly bytes: string
  /** 0 to 100. */
  readonly fill: number
  readonly full: boolean
  readonly word: string
  readonly exact: string
  readonly ended: boolean
}

const thinnest = 2
const widest = 10

/** Width of an edge in pixels by rows a second: 2 at rest, 2 more for each power of ten after the first, at most 10. */
export function edgeWidth(rowsPerSecond: number): number {
  if (rowsPerSecond <= 1) return thinnest
  const width = thinnest + Math.log10(rowsPerSecond) * 1.6
  return Math.min(widest, Math.round(width * 2) / 2)
}

/** The flow of the run's edges that one drawn edge stands for; null where the run has none of them. */
export function channelFlow(picture: FlowPicture | null, keys: readonly string[]): EdgeFlow | null {
  const flows = keys.flatMap((key) => picture?.edges[key] ?? [])
  const [first, ...more] = flows
  if (!first || more.length === 0) return first ?? null
  return more.reduce(
    (all, one) => ({
      rows: all.rows + one.rows,
      bytes: all.bytes + one.bytes,
      queued: all.queued + one.queued,
      rowsPerSecond: all.rowsPerSecond + one.rowsPerSecond,
      bytesPerSecond: all.bytesPerSecond + one.bytesPerSecond,
      fill: Math.max(all.fill, one.fill),
      full: all.full || one.full,
    }),
    first,
  )
}

/** An edge's flow as it is shown. */
export function edgeReading(flow: EdgeFlow, ended: boolean): EdgeReading {
  const { rows, rowsPerSecond, bytesPerSecond, fill, full } = flow
  const exactly = words.exactFlow(exact(rows), exact(Math.round(rowsPerSecond)), exact(Math.round(bytesPerSecond)))
  if (ended) {
    const unit = words.rows(rows)
    const size = bytes(flow.bytes)
    return { ...still, rate: exact(rows), unit, bytes: size, exact: exactly, ended }
  }
  const percent = Math.round(fill * 100)
  return {
    rate: rounded(rowsPerSecond),
    unit: words.rowsPerSecond,
    bytes: `${bytes(bytesPerSecond)}/s`,
    fill: percent,
    full,
    word: full ? words.full : words.percentFull(share(percent / 100)),
    exact: exactly,
    ended,
  }
}

const still = { fill: 0, full: false, word: '' }

/** What a card shows of a run. */
export interface NodeReading {
  readonly left: string
  readonly leftExact: string
  /** The one figure that matters. */
  readonly right: string
  readonly tone: 'plain' | 'rejected' | 'pressure'
  /** Percent of its time. */
  readonly working: number
  readonly model: number
  readonly blocked: number
  readonly waiting: number
}

/** A node's part in a run as its card shows it. */
export function nodeReading(flow: NodeFlow, about: NodeSituation): NodeReading {
  const [working, model, blocked, waiting] = [flow.working, flow.model, flow.blocked, flow.waiting].map((part) =>
    Math.round(part * 100),
  ) as [number, number, number, number]
  const count = about.sink ? Math.max(0, flow.in - flow.rejected) : flow.out
  const left = isKeeping(flow, about) ? words.came(rounded(flow.in)) : null
  return {
    left: left ?? (about.sink ? words.stored(rounded(count)) : words.out(rounded(count))),
    leftExact: words.exactNode(exact(flow.in), exact(flow.out), exact(flow.filtered), exact(flow.rejected)),
    ...figure(flow, about),
    working,
    model,
    blocked,
    waiting,
  }
}

/** What decides which of a node's figures matters. */
export interface NodeSituation {
  readonly sink: boolean
  /** It needs all rows before one leaves it. */
  readonly table?: boolean
  readonly ended: boolean
  readonly bottleneck: boolean
}

/** From so much of its time on a node that needs all rows has got them, and works on them. */
const atWork = 0.9

/** A node that needs all rows keeps them until the last one has come. */
const isKeeping = ({ in: rows, out, busy }: NodeFlow, { table, ended }: NodeSituation): boolean =>
  table === true && !ended && rows > 0 && out === 0 && busy < atWork

function figure(flow: NodeFlow, about: NodeSituation): Pick<NodeReading, 'right' | 'tone'> {
  const { ended, bottleneck } = about
  const { busy } = flow
  if (bottleneck && !ended) return { right: words.busy(share(busy)), tone: 'pressure' }
  if (flow.rejected > 0) return { right: words.rejected(rounded(flow.rejected)), tone: 'rejected' }
  if (ended) return { right: flow.filtered > 0 ? words.filtered(rounded(flow.filtered)) : '', tone: 'plain' }
  if (isKeeping(flow, about)) return { right: words.waitsForAll, tone: 'plain' }
  const most = Math.max(busy, flow.blocked, flow.waiting)
  if (most === 0) return { right: '', tone: 'plain' }
  if (most === busy) return { right: words.busy(share(busy)), tone: 'plain' }
  if (most === flow.blocked) return { right: words.blocked(share(flow.blocked)), tone: 'plain' }
  return { right: words.waiting(share(flow.waiting)), tone: 'plain' }
}
