import { join } from 'node:path'
import { tryProvider } from '@headrace/nodes/formats/model/provider.ts'
import { bareOnnx } from '../contenders/bare.ts'
import { onnxFile, tokenIds } from '../inputs/sample.ts'
import { speedAim } from '../runner/aims.ts'
import { timeBars } from '../runner/bars.ts'
import { contest } from '../runner/contest.ts'
import type { Finding, Measure } from '../runner/measure.ts'
import { ratio, seconds } from '../runner/print.ts'
import { go } from '../runner/race.ts'
import { embedRun } from '../works/texts.ts'

const limit = 'ONNX Runtime alone'

const measure: Measure = {
  title: 'Parquet → embed → LanceDB on a GPU, against bare ONNX Runtime on it',
  about:
    'As embed, on the first of cuda and webgpu that works here; skipped where none does. The GPU is the bottleneck where Headrace takes little longer than the calls alone.',
  run: async ({ quick, repeats, texts, folder, say }) => {
    const states = await Promise.all((['cuda', 'webgpu'] as const).map(tryProvider))
    const found = states.find(({ present }) => present)
    if (!found) return skipped(states.map(({ name, reason }) => `${name}: ${reason}`).join('; '), say)
    const provider = found.name
    const count = texts ?? (quick ? 500 : 20_000)
    const { racer, calls, bare } = await embedRun(count, join(folder, 'gpu'), { provider, file: onnxFile })
    const ids = await tokenIds(count)
    const standings = await contest({
      baseline: limit,
      inOrder: true,
      repeats: repeats ?? (quick ? 2 : 5),
      contenders: [
        {
          name: 'Headrace',
          run: async () => {
            const { seconds: taken, result } = await go(racer)
            return { seconds: taken, result }
          },
        },
        {
          name: limit,
          run: async () => {
            const { seconds: taken } = await bareOnnx({ ...bare, calls: calls(), ids, texts: [] })
            return { seconds: taken, result: `${calls().reduce((sum, [rows]) => sum + rows, 0)} rows` }
          },
        },
      ],
    })
    return {
      table: {
        head: ['', 'time', `against ${limit}`],
        rows: standings.map(({ name, seconds: taken, ratio: against }) => [name, seconds(taken), ratio(against)]),
      },
      notes: [`${count.toLocaleString('en')} texts on ${provider}.`],
      figures: { texts: count, provider, standings },
      aims: [speedAim('S13', standings, limit, 0.9)],
      bars: [timeBars(`Parquet → embed → LanceDB on ${provider}`, standings)],
    }
  },
}
export default measure

function skipped(why: string, say: (text: string) => void): Finding {
  say(`skipped: ${why}`)
  return {
    table: { head: ['', 'time', `against ${limit}`], rows: [] },
    notes: [`Skipped: ${why}.`],
    figures: { skipped: why },
    aims: [{ id: 'S13', of: limit, found: 'skipped: no GPU', goal: '≥ 0.9', met: null }],
  }
}
