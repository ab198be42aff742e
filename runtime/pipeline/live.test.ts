import { describe, expect, test } from 'vitest'
import { edgeCounters, nodeCounters } from '../engine/counters.ts'
import type { Snapshot } from '../engine/snapshot.ts'
import { flowOf, recentSamples } from './live.ts'

type Counts = Partial<Snapshot['nodes'][string]>

const zero = <C extends string>(names: readonly C[]) =>
  Object.fromEntries(names.map((name) => [name, 0])) as Record<C, number>

/** A sample of `nodes`, joined in a chain by edges that saw what the later node took in. */
function sample(at: number, nodes: Record<string, Counts>, pressed: readonly number[] = []): Snapshot {
  const ids = Object.keys(nodes)
  return {
    at,
    nodes: Object.fromEntries(ids.map((id) => [id, { ...zero(nodeCounters), ...nodes[id] }])),
    edges: ids.slice(1).map((to, i) => ({
      from: ids[i] as string,
      port: '',
      to,
      ...zero(edgeCounters),
      rows: nodes[to]?.in ?? 0,
      bytes: (nodes[to]?.in ?? 0) * 100,
      pressed: pressed[i] ?? 0,
    })),
  }
}

/** Four samples a second in which counters grow by so much a second. */
function steadily(seconds: number, perSecond: Record<string, Counts>, pressed: readonly number[] = []): Snapshot[] {
  return Array.from({ length: seconds * 4 + 1 }, (_, i) => {
    const grown = Object.entries(perSecond).map(([id, counts]) => [
      id,
      Object.fromEntries(Object.entries(counts).map(([name, value]) => [name, ((value ?? 0) * i) / 4])),
    ])
    return sample(
      i * 250,
      Object.fromEntries(grown) as Record<string, Counts>,
      pressed.map((value) => (value * i) / 4),
    )
  })
}

const chain = {
  read: { out: 1000, working: 20, blocked: 980 },
  clean: { in: 1000, out: 1000, working: 20, waiting: 20, blocked: 960 },
  embed: { in: 1000, out: 1000, working: 30, waiting: 30, blocked: 0, resource: 940, inferring: 990 },
  store: { in: 1000, out: 1000, working: 10, waiting: 990 },
}

describe('a picture of the flow', () => {
  test('has rates, shares of time and pressure of the last moments', () => {
    const { nodes, edges } = flowOf(steadily(5, chain, [970, 950, 0]))
    expect(nodes['embed']).toMatchObject({ rowsPerSecond: 1000, working: 0.03, waiting: 0.03, model: 0.94, busy: 0.99 })
    expect(edges['read → clean']).toMatchObject({
      rows: 5000,
      rowsPerSecond: 1000,
      bytesPerSecond: 100_000,
      full: true,
    })
    expect(edges['read → clean']?.fill).toBeCloseTo(0.97)
    expect(edges['embed → store']).toMatchObject({ fill: 0, full: false })
    for (const { working, waiting, blocked, model } of Object.values(nodes))
      expect(working + waiting + blocked + model).toBeCloseTo(1)
  })

  test('is empty before the first sample, and has no rates after a single one', () => {
    expect(flowOf([])).toEqual({ at: 0, nodes: {}, edges: {}, bottleneck: null })
    const { nodes, bottleneck } = flowOf([sample(0, { read: { out: 10 } })])
    expect(nodes['read']).toMatchObject({ out: 10, rowsPerSecond: 0, working: 0 })
    expect(bottleneck).toBe(null)
  })

  test('of a run that stood still for a minute takes the rates of the last seconds, not of the minute', () => {
    const before = sample(1000, { read: { out: 100 }, store: { in: 100 } })
    const now = sample(61_000, { read: { out: 700 }, store: { in: 700 } })
    expect(flowOf([before, now]).nodes['read']?.rowsPerSecond).toBe(240)
  })

  test('does not jump between nothing and too much where rows come in bursts', () => {
    const bursts = Array.from({ length: 41 }, (_, i) => {
      const rows = Math.floor(i / 8) * 600 // 600 rows every two seconds
      return sample(i * 250, { embed: { out: rows, working: i * 250 }, store: { in: rows } })
    })
    for (let i = 28; i <= 41; i++)
      expect(flowOf(bursts.slice(0, i)).nodes['embed']?.rowsPerSecond).toSatisfy(
        (rate: number) => rate >= 200 && rate <= 400,
      )
  })

  test('shows no rate any more soon after the last row', () => {
    const steady = steadily(5, { read: { out: 1000, working: 1000 } })
    const rest = Array.from({ length: 10 }, (_, i) => sample(5250 + i * 250, { read: { out: 5000, working: 5000 } }))
    expect(flowOf([...steady, ...rest]).nodes['read']?.rowsPerSecond).toBe(0)
    const single = [sample(0, { read: {} }), sample(250, { read: { out: 900 } })]
    const later = Array.from({ length: 12 }, (_, i) => sample(500 + i * 250, { read: { out: 900 } }))
    expect(flowOf([...single, ...later]).nodes['read']?.rowsPerSecond).toBe(0)
  })

  test("counts a sink's storing beside the workers as its work", () => {
    const { nodes } = flowOf(
      steadily(4, {
        read: { out: 10, working: 900, blocked: 100 },
        store: { in: 10, working: 100, waiting: 900, storing: 600 },
      }),
    )
    expect(nodes['store']).toMatchObject({ working: 0.6, busy: 0.6 })
    expect(nodes['store']?.waiting).toBeCloseTo(0.4)
  })

  test('keeps the samples that it needs, and one from before', () => {
    const all = steadily(20, chain)
    const kept = all.reduce<readonly Snapshot[]>((samples, one) => recentSamples(samples, one), [])
    expect(kept.length).toBe(25)
    expect(flowOf(kept)).toEqual(flowOf(all))
  })
})

describe('the bottleneck', () => {
  const sentence = (samples: readonly Snapshot[]) => flowOf(samples).bottleneck?.sentence

  test('is the model whose thread is busiest, and what is before it waits', () => {
    expect(sentence(steadily(5, chain))).toBe('embed is busy 99 % of the time; clean waits for it')
  })

  test('is not told of less than a second', () => {
    expect(sentence(steadily(5, chain).slice(0, 4))).toBe(undefined)
  })

  test('is the busiest node of the workers where they have no time to spare, though a model is busy too', () => {
    const busy = {
      read: { out: 10, working: 200, blocked: 800 },
      clean: { in: 10, out: 10, working: 650, waiting: 200, blocked: 150 },
      embed: { in: 10, out: 10, working: 100, waiting: 860, resource: 40, inferring: 700 },
    }
    expect(sentence(steadily(4, busy))).toBe('clean is busy 65 % of the time; read waits for it')
  })

  test('of a source makes those behind it wait', () => {
    const busy = { read: { out: 10, working: 950, blocked: 50 }, store: { in: 10, working: 40, waiting: 960 } }
    expect(sentence(steadily(4, busy))).toBe('read is busy 95 % of the time; store waits for it')
  })

  test('of a single node stands for itself', () => {
    expect(sentence(steadily(4, { read: { out: 10, working: 1000 } }))).toBe('read is busy 100 % of the time')
  })

  test('is nobody where everybody waits, and where no time is counted', () => {
    expect(sentence(steadily(4, { read: { waiting: 1000 }, store: { waiting: 1000 } }))).toBe(undefined)
    expect(sentence(steadily(4, { read: {}, store: {} }))).toBe(undefined)
  })

  test('names two that wait, and counts more of them', () => {
    const nodes: Record<string, Counts> = { store: { working: 950, waiting: 50 } }
    for (const id of ['a', 'b', 'c', 'd']) nodes[id] = { out: 1, working: 10, blocked: 990 }
    const all = steadily(4, nodes).map((one) => ({
      ...one,
      edges: ['a', 'b', 'c', 'd'].map((from) => ({ ...zero(edgeCounters), from, port: '', to: 'store' })),
    }))
    expect(sentence(all)).toBe('store is busy 95 % of the time; a, b and 2 more wait for it')
    expect(sentence(all.map((one) => ({ ...one, edges: one.edges.slice(0, 2) })))).toBe(
      'store is busy 95 % of the time; a and b wait for it',
    )
  })
})
