import { once } from 'node:events'
import { MessageChannel, Worker } from 'node:worker_threads'
import { Pool } from '@headrace/runtime/sdk'
import { type Way, ways } from '../contenders/handoff.ts'
import type { Answer, Ask } from '../contenders/hop-worker.ts'
import { timeBars } from '../runner/bars.ts'
import { contest, type Standing } from '../runner/contest.ts'
import type { Measure } from '../runner/measure.ts'
import { microseconds, ratio } from '../runner/print.ts'

const sizes = [1, 16, 64, 256, 1024, 4096, 16_384, 65_536].map((kilobytes) => kilobytes * 1024)

const measure: Measure = {
  title: 'A hop between two workers',
  about:
    'Batches of three columns (int64, float64, text) go to and fro between two workers; each time the receiver builds the columns and reads a value of each. Time of one hop. A transfer begins with a copy into a fresh buffer, for after it the sender has nothing; Arrow IPC is encoded, transferred and decoded.',
  run: async ({ quick, repeats, say }) => {
    const pool = new Pool(1 << 30)
    const { ask, close } = startWorkers(pool)
    const rows: string[][] = []
    const figures: Record<string, readonly Standing[]> = {}
    const target = quick ? 0.03 : 0.3
    for (const bytes of sizes) {
      say(name(bytes))
      const hops = new Map<Way, number>()
      for (const way of ways) {
        const { seconds } = await ask({ way, bytes, hops: 20 })
        hops.set(way, 2 * Math.max(2, Math.min(20_000, Math.round((target / seconds) * 10))))
      }
      const standings = await contest({
        baseline: 'descriptor',
        repeats: repeats ?? (quick ? 3 : 7),
        contenders: ways.map((way) => ({
          name: way,
          run: async () => {
            const count = hops.get(way) as number
            const { seconds, read } = await ask({ way, bytes, hops: count })
            return { seconds: seconds / count, result: String(read) }
          },
        })),
      })
      figures[name(bytes)] = standings
      rows.push([
        name(bytes),
        ...standings.map((one) => microseconds(one.seconds)),
        ratio((standings[1] as Standing).ratio),
      ])
    }
    await close()
    if (pool.copied) throw new Error(`${pool.copied} bytes were copied on the way of descriptors`)
    const [small, large] = ['1 KB', '16 MB'].map((size) => figures[size]?.[0]?.seconds.median as number) as [
      number,
      number,
    ]
    return {
      table: { head: ['batch', ...ways, 'clone ÷ descriptor'], rows },
      notes: [
        `By descriptor, 16 MB cost ${(large / small).toFixed(2)} times what 1 KB cost; the pool counted ${pool.copied} bytes copied.`,
      ],
      figures: { standings: figures, copied: pool.copied, largeOverSmall: large / small },
      aims: [
        {
          id: 'S5',
          of: '16 MB over 1 KB, by descriptor',
          found: `${(large / small).toFixed(2)} ×`,
          goal: '≤ 2',
          met: large / small <= 2,
        },
        { id: 'S5', of: 'bytes copied', found: `${pool.copied}`, goal: '0', met: pool.copied === 0 },
      ],
      bars: Object.entries(figures).map(([size, standings]) =>
        timeBars(`A hop of ${size}`, standings, size.replace(' ', '').toLowerCase()),
      ),
    }
  },
}
export default measure

const name = (bytes: number): string => (bytes < 1 << 20 ? `${bytes >> 10} KB` : `${bytes >> 20} MB`)

function startWorkers(pool: Pool) {
  const { port1, port2 } = new MessageChannel()
  const [first, second] = [port1, port2].map(
    (port, i) =>
      new Worker(new URL('../contenders/hop-worker.ts', import.meta.url), {
        workerData: { pool: pool.handle, port, first: i === 0 },
        transferList: [port],
      }),
  ) as [Worker, Worker]
  return {
    ask: async (question: Ask): Promise<Answer> => {
      second.postMessage(question)
      await once(second, 'message')
      first.postMessage(question)
      const [answer] = (await once(first, 'message')) as [Answer]
      return answer
    },
    close: async () => {
      const gone = [once(first, 'exit'), once(second, 'exit')]
      for (const worker of [first, second]) worker.postMessage('close')
      await Promise.all(gone)
    },
  }
}
