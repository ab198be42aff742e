import type { Running } from '../engine/run.ts'
import type { Snapshot } from '../engine/snapshot.ts'
import { duration, grouped, size, styled, table } from './print.ts'

/** Shows a run while it is at work: a live table on a terminal, a plain line every few seconds elsewhere. */
export interface Progress {
  readonly show: (sample: Snapshot) => void
  /** Makes room for a line of another kind. */
  readonly pause: () => void
  readonly end: () => void
}

export async function makeProgress(running: () => Running | null, stream: NodeJS.WriteStream): Promise<Progress> {
  if (!stream.isTTY) return plainProgress(running, stream)
  // log-update redraws in place and clears up after itself; it is small and well kept.
  const { createLogUpdate } = await import('log-update')
  const draw = createLogUpdate(stream)
  const rates = new Rates()
  return {
    show: (sample) => draw(liveTable(sample, running(), rates, stream.columns ?? 80)),
    pause: () => draw.clear(),
    end: () => draw.clear(),
  }
}

function plainProgress(running: () => Running | null, stream: NodeJS.WriteStream): Progress {
  let last = 0
  return {
    show: (sample) => {
      if (sample.at - last < 5000) return
      last = sample.at
      const done = rowsRead(sample, running())
      const counts = Object.entries(sample.nodes).map(([id, { out }]) => `${id} ${grouped(out)}`)
      stream.write(`${duration(sample.at / 1000)}${timeLeft(sample, running(), done)}: ${counts.join(', ')}\n`)
    },
    pause: () => {},
    end: () => {},
  }
}

/** Rates over the last few seconds, so that they do not jump. */
class Rates {
  readonly #samples: Snapshot[] = []

  add(sample: Snapshot): void {
    this.#samples.push(sample)
    while (this.#samples.length > 12) this.#samples.shift()
  }

  of(read: (sample: Snapshot) => number): number {
    const first = this.#samples[0]
    const last = this.#samples.at(-1)
    if (!first || !last || last.at === first.at) return 0
    return ((read(last) - read(first)) / (last.at - first.at)) * 1000
  }
}

function liveTable(sample: Snapshot, running: Running | null, rates: Rates, width: number): string {
  rates.add(sample)
  const rate = (id: string, of: 'out' | 'bytes') => rates.of((at) => at.nodes[id]?.[of] ?? 0)
  const some = (count: number) => (count ? grouped(count) : '')
  const columns: readonly [head: string, cells: string[]][] = [
    ['in', Object.values(sample.nodes).map((node) => grouped(node.in))],
    ['out', Object.values(sample.nodes).map((node) => grouped(node.out))],
    ['filtered', Object.values(sample.nodes).map((node) => some(node.filtered))],
    ['rejected', Object.values(sample.nodes).map((node) => some(node.rejected))],
    ['rows', Object.keys(sample.nodes).map((id) => `${grouped(Math.round(rate(id, 'out')))}/s`)],
    ['bytes', Object.keys(sample.nodes).map((id) => (rate(id, 'bytes') ? `${size(rate(id, 'bytes'))}/s` : ''))],
    [
      'waiting',
      Object.keys(sample.nodes).map((id) =>
        some(sample.edges.filter((edge) => edge.to === id).reduce((sum, { queued }) => sum + queued, 0)),
      ),
    ],
  ]
  const shown = columns.filter(([, cells]) => cells.some(Boolean))
  const right = new Set(shown.map((_, column) => column + 1))
  const head = ['', ...shown.map(([name]) => name), '']
  const rows = Object.entries(sample.nodes).map(([id, node], row) => [
    id,
    ...shown.map(([, cells]) => cells[row] as string),
    share(node),
  ])
  // A line that wraps would be drawn over by the next picture.
  const [first = '', ...lines] = table([head, ...rows], right)
    .split('\n')
    .map((line) => line.slice(0, Math.max(20, width - 1)).trimEnd())
  const done = rowsRead(sample, running)
  const time = `${duration(sample.at / 1000)}${timeLeft(sample, running, done)}`
  return [styled('dim', first), ...lines, styled('dim', time)].join('\n')
}

/** What a node mostly does, in words. */
function share(node: Snapshot['nodes'][string]): string {
  const total = node.working + node.waiting + node.blocked + node.resource
  if (total < 1) return ''
  const parts = [
    ['busy', node.working],
    ['waits for input', node.waiting],
    ['blocked by output', node.blocked],
    ['in the model', node.resource],
  ] as const
  const [name, most] = parts.reduce((best, part) => (part[1] > best[1] ? part : best))
  return `${name} ${Math.round((most / total) * 100)} %`
}

function rowsRead(sample: Snapshot, running: Running | null): number {
  const sources = running?.plan.flow.nodes.filter(({ kind }) => kind === 'source') ?? []
  const sinks = running?.plan.flow.nodes.filter(({ kind }) => kind === 'sink') ?? []
  const read = sources.reduce((sum, { id }) => sum + (sample.nodes[id]?.in ?? 0), 0)
  // A model may lag far behind its source: the row that counts is the slowest node's.
  const slowest =
    running?.plan.flow.nodes.filter(({ kind }) => kind === 'model').map(({ id }) => sample.nodes[id]?.out ?? 0) ?? []
  return sinks.length ? Math.min(read, ...slowest) : read
}

function timeLeft(sample: Snapshot, running: Running | null, done: number): string {
  const expected = running?.rowsExpected
  if (!expected || done === 0 || done >= expected) return ''
  const left = (sample.at / 1000) * (expected / done - 1)
  return `, ${Math.round((done / expected) * 100)} %, ${duration(left)} left`
}
