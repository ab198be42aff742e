import type { Snapshot } from '../engine/metrics.ts'
import type { Running } from '../engine/run.ts'
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
    show: (sample) => draw(liveTable(sample, running(), rates)),
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

function liveTable(sample: Snapshot, running: Running | null, rates: Rates): string {
  rates.add(sample)
  const flow = running?.plan.flow
  const rows = Object.entries(sample.nodes).map(([id, node]) => {
    const waits = sample.edges.filter((edge) => edge.to === id).reduce((sum, { queued }) => sum + queued, 0)
    return [
      id,
      grouped(node.in),
      grouped(node.out),
      node.filtered ? grouped(node.filtered) : '',
      node.rejected ? grouped(node.rejected) : '',
      `${grouped(Math.round(rates.of((at) => at.nodes[id]?.out ?? 0)))}/s`,
      `${size(rates.of((at) => at.nodes[id]?.bytes ?? 0))}/s`,
      waits ? grouped(waits) : '',
      share(node),
    ]
  })
  const head = ['', 'in', 'out', 'filtered', 'rejected', 'rows', 'bytes', 'waiting', '']
  const done = rowsRead(sample, running)
  const line = `${duration(sample.at / 1000)}${timeLeft(sample, running, done)}`
  return `${styled('bold', table([head, ...rows], new Set([1, 2, 3, 4, 5, 6, 7])))}\n${flow ? styled('dim', line) : line}`
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
