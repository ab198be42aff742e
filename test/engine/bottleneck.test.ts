import { type Snapshot, startRun } from '@headrace/runtime'
import { describe, expect, test } from 'vitest'
import { type FlowPicture, flowOf, recentSamples } from '../../runtime/pipeline/live.ts'
import { Workplace } from './workplace.ts'

// Real runs with one slow part each: the picture of their counters names it.

interface Seen {
  readonly pictures: readonly FlowPicture[]
  readonly last: Snapshot
}

/** Runs for some seconds, then stops. */
async function watch(file: string, milliseconds = 3500): Promise<Seen> {
  let samples: readonly Snapshot[] = []
  const pictures: FlowPicture[] = []
  const { running, problems } = await startRun({
    file,
    onProgress: (sample) => {
      samples = recentSamples(samples, sample)
      pictures.push(flowOf(samples))
    },
  })
  if (!running) throw new Error(problems[0]?.message ?? 'refused')
  const timer = setTimeout(() => running.stop(130), milliseconds)
  await running.done
  clearTimeout(timer)
  return { pictures, last: samples.at(-1) as Snapshot }
}

/** The picture in the middle of the run. */
const middle = ({ pictures }: Seen, milliseconds = 3000): FlowPicture =>
  pictures.find(({ at }) => at >= milliseconds) ?? (pictures.at(-1) as FlowPicture)

const timeOf = ({ last }: Seen, id: string): number => {
  const { working = 0, waiting = 0, blocked = 0, resource = 0 } = last.nodes[id] ?? {}
  return working + waiting + blocked + resource
}

const source: [string, object] = ['sources/csv', { path: 'in.csv' }]
const numbers: [string, object] = ['sources/generate', { rows: 50_000_000, columns: { n: 'sequence' } }]

/** `in → first → second → out`. */
function chain(first: [string, object], second: [string, object], out: [string, object], workers = 1): string {
  const place = new Workplace()
  return place.pipeline(
    { in: numbers, first, second, out },
    [
      ['in', 'first'],
      ['first', 'second'],
      ['second', 'out'],
    ],
    { workers },
  )
}

const quick: [string, object] = ['transforms/derive', { columns: { twice: 'n * 2' } }]
const other: [string, object] = ['transforms/derive', { columns: { more: 'n + 1' } }]
const slow: [string, object] = ['transforms/slow', { milliseconds: 200 }]

describe('the bottleneck of a run', () => {
  test('is a slow node in the middle; what is before it is full, what is behind it is not', async () => {
    const seen = await watch(chain(quick, slow, ['sinks/none', {}]))
    const { bottleneck, edges, nodes } = middle(seen)
    expect(bottleneck?.sentence).toMatch(/^second is busy (8|9|10)\d % of the time; first waits for it$/)
    expect(edges['in → first']?.full).toBe(true)
    expect(edges['first → second']?.full).toBe(true)
    expect(edges['second → out']?.fill).toBeLessThan(0.2)
    expect(nodes['out']?.waiting).toBeGreaterThan(0.8)
  })

  test('is a sink that takes its time with each batch', async () => {
    const { bottleneck, edges } = middle(await watch(chain(quick, other, ['sinks/sleepy', { milliseconds: 300 }])))
    expect(bottleneck).toMatchObject({ node: 'out', waiting: ['second'] })
    expect(edges['second → out']?.full).toBe(true)
  })

  test('is a sink whose storing holds the workers up, and the times of the nodes still add up', async () => {
    const place = new Workplace()
    const file = place.pipeline(
      { in: numbers, first: quick, out: ['sinks/sleepy', { commitMilliseconds: 3000 }] },
      [
        ['in', 'first'],
        ['first', 'out'],
      ],
      { workers: 2 },
    )
    const seen = await watch(file, 7000)
    const { bottleneck, nodes, edges } = middle(seen, 6500)
    expect(bottleneck?.sentence).toMatch(/^out is busy \d+ % of the time; first waits for it$/)
    expect(bottleneck?.busy).toBeGreaterThan(0.8)
    expect(nodes['first']?.blocked).toBeGreaterThan(0.5)
    expect(edges['first → out']?.fill).toBeGreaterThan(0.5)
    const times = ['in', 'first', 'out'].map((id) => timeOf(seen, id))
    expect(Math.max(...times) - Math.min(...times)).toBeLessThan(50)
  })

  test('is a model that is asked ahead of its answers', async () => {
    const { bottleneck, nodes, edges } = middle(
      await watch(chain(other, ['models/picky', { milliseconds: 300 }], ['sinks/none', {}])),
    )
    expect(bottleneck).toMatchObject({ node: 'second', waiting: ['first'] })
    expect(nodes['second']?.model).toBeGreaterThan(0.7)
    expect(edges['first → second']?.full).toBe(true)
  })

  test('at a fan-out is on the slow way: its edge is full, the other one is empty', async () => {
    const place = new Workplace()
    place.write('in.csv', `n,text\n${Array.from({ length: 60_000 }, (_, i) => `${i},${'x'.repeat(500)}`).join('\n')}\n`)
    const file = place.pipeline(
      { in: source, slow, quick, one: ['sinks/none', {}], two: ['sinks/none', {}] },
      [
        ['in', 'slow'],
        ['in', 'quick'],
        ['slow', 'one'],
        ['quick', 'two'],
      ],
      { workers: 1, memory: '40MB' },
    )
    const { bottleneck, edges } = middle(await watch(file))
    expect(bottleneck?.node).toBe('slow')
    expect(edges['in → slow']?.full).toBe(true)
    expect(edges['in → quick']?.fill).toBeLessThan(0.3)
  })

  test('can be the source, for which everything else waits', async () => {
    const place = new Workplace()
    const file = place.pipeline(
      {
        in: ['sources/generate', { rows: 50_000_000, columns: { t: 'text(500, 2000)' } }],
        out: ['sinks/none', {}],
      },
      [['in', 'out']],
      { workers: 1 },
    )
    const { bottleneck } = middle(await watch(file, 3500))
    expect(bottleneck?.sentence).toMatch(/^in is busy \d+ % of the time; out waits for it$/)
  })

  test('of two sources one after the other is found in the one at work', async () => {
    const place = new Workplace()
    place.numbers('in.csv', 2000)
    const file = place.pipeline(
      {
        in: source,
        next: numbers,
        first: quick,
        slow,
        one: ['sinks/none', {}],
        two: ['sinks/none', {}],
      },
      [
        ['in', 'first'],
        ['first', 'one'],
        ['next', 'slow'],
        ['slow', 'two'],
      ],
      { workers: 1 },
    )
    const { bottleneck, nodes } = middle(await watch(file, 7000), 6500)
    expect(bottleneck).toMatchObject({ node: 'slow', waiting: ['next'] })
    expect(nodes['first']).toMatchObject({ working: 0, waiting: 0, blocked: 0, rowsPerSecond: 0 })
  })
})
