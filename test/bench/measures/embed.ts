import { join } from 'node:path'
import { bareOnnx } from '../contenders/bare.ts'
import type { Job } from '../contenders/bare-onnx.ts'
import { tokenIds } from '../inputs/sample.ts'
import { texts } from '../inputs/texts.ts'
import { speedAim } from '../runner/aims.ts'
import { timeBars } from '../runner/bars.ts'
import { type Contender, contest, type Standing } from '../runner/contest.ts'
import type { Measure, Setting } from '../runner/measure.ts'
import { megabytes, ratio, seconds } from '../runner/print.ts'
import { go, type Racer } from '../runner/race.ts'
import { embedRun, handTuned, heavyRuns, rayData, sentenceTorch, tunedRun } from '../works/texts.ts'

const limit = 'ONNX Runtime alone'
const sorted = 'ONNX Runtime alone, sorted over all texts'

const measure: Measure = {
  title: 'Parquet → embed → LanceDB, against bare ONNX Runtime; with --peers Python, sentence-transformers and Ray',
  about:
    "Whole processes less the loading of their model, with all-MiniLM-L6-v2 int8: `headrace run`; ONNX Runtime alone running calls of the same shapes, filled with the same texts, with as many sessions and threads (the shapes that Headrace cut in the same round), and, for information, of the shapes that texts sorted over the whole file would have, which no stream can reach. With --peers a Python script tuned by hand (pyarrow, tokenizers, windows sorted by length and cut by tokens, onnxruntime, LanceDB); and, on a quarter of the texts, sentence-transformers as its README shows it and Ray Data's map_batches as its documentation does, both without their imports too. The vectors of a sample are compared: int8 to a thousandth, float32 by cosine.",
  run: async (setting) => {
    const { quick, peers, folder, say } = setting
    const count = setting.texts ?? (quick ? 500 : 20_000)
    const few = quick ? count : Math.ceil(count / 4)
    const { origin } = await texts(count)
    const own = await embedRun(count, folder)
    const all = await tokenIds(count)
    const lengths = all.map((ids) => ids.length)
    const bare = (name: string, calls: () => Job['calls']): Contender => ({
      name,
      run: async () => {
        const { seconds: taken, peak, cpu } = await bareOnnx({ ...own.bare, calls: calls(), ids: all, texts: [] })
        say(`${name}: ${taken.toFixed(2)} s`)
        const rows = calls().reduce((sum, [some]) => sum + some, 0)
        return { seconds: taken, result: `${rows} rows`, more: { peak, cpu } }
      },
    })
    const standings = await contest({
      baseline: limit,
      inOrder: true,
      warmups: 0,
      repeats: setting.repeats ?? (quick ? 2 : 5),
      contenders: [
        contender(own.racer, say),
        bare(limit, own.calls),
        bare(sorted, () => sortedCalls(lengths, own.calls())),
        ...(peers ? [contender(await tunedRun(count, folder, peers), say)] : []),
      ],
    })
    const calls = own.calls()
    const heavy = peers ? await raceHeavy(setting, few) : []
    const tokens = calls.reduce((sum, [some, width]) => sum + some * width, 0)
    const real = lengths.reduce((sum, some) => sum + some, 0)
    return {
      table: {
        head: ['', 'texts', 'time', 'against', 'texts/s', 'processor time', 'peak memory'],
        rows: [...cells(standings, count), ...cells(heavy, few)],
      },
      notes: [
        `${count.toLocaleString('en')} texts (${origin}) of ${(real / count).toFixed(0)} tokens, ${calls.length} calls, ${(tokens / count).toFixed(0)} padded tokens a text, ${own.bare.sessions} sessions of ${own.bare.threads} threads; processor time and memory are of the whole process, with its loading. The ratio is against the contender without one.`,
      ],
      figures: { texts: count, origin, calls: calls.length, paddedTokens: tokens, tokens: real, standings, heavy },
      aims: [
        speedAim('S1', standings, limit, 0.95, { of: `${limit} (the limit)` }),
        speedAim('S1', standings, handTuned, 1),
        speedAim('S1', heavy, sentenceTorch, 1.8),
        speedAim('S1', heavy, rayData, 4),
      ],
      bars: [
        timeBars(`Parquet → embed → LanceDB, ${count.toLocaleString('en')} texts`, standings),
        ...(heavy.length
          ? [timeBars(`Parquet → embed → LanceDB, ${few.toLocaleString('en')} texts`, heavy, 'heavy')]
          : []),
      ],
    }
  },
}
export default measure

/** Those that take long, on fewer texts, beside Headrace on the same. */
async function raceHeavy({ quick, repeats, peers, folder, say }: Setting, count: number): Promise<Standing[]> {
  const own = await embedRun(count, join(folder, 'few'))
  const others = await heavyRuns(count, folder, peers, say)
  if (others.length === 0) return []
  return await contest({
    baseline: 'Headrace',
    warmups: 0,
    repeats: repeats ?? (quick ? 1 : 5),
    contenders: [own.racer, ...others].map((racer) => contender(racer, say)),
  })
}

const contender = (racer: Racer, say: (text: string) => void): Contender => ({
  name: racer.name,
  run: async () => {
    const { seconds: taken, result, peak, cpu } = await go(racer)
    say(`${racer.name}: ${taken.toFixed(2)} s`)
    return { seconds: taken, result, more: { peak, cpu } }
  },
})

const cells = (standings: readonly Standing[], count: number): string[][] =>
  standings.map(({ name, seconds: taken, ratio: against, more: { peak, cpu } }) => [
    name,
    count.toLocaleString('en'),
    seconds(taken),
    against.least === 1 && against.most === 1 ? '' : ratio(against),
    (count / taken.median).toFixed(0),
    cpu ? seconds(cpu) : '',
    peak ? megabytes(peak) : '',
  ])

/** All texts sorted by length and cut where Headrace cuts at most: its largest call. */
function sortedCalls(lengths: readonly number[], calls: Job['calls']): Job['calls'] {
  const budget = Math.max(...calls.map(([rows, width]) => rows * width))
  const ascending = [...lengths].sort((a, b) => a - b)
  const cut: [number, number][] = []
  for (let at = 0; at < ascending.length; ) {
    let rows = 1
    while (at + rows < ascending.length && (rows + 1) * (ascending[at + rows] as number) <= budget) rows++
    cut.push([rows, ascending[at + rows - 1] as number])
    at += rows
  }
  return cut
}
