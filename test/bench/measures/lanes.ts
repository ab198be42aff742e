import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ordersPipeline } from '../contenders/orders-pipeline.ts'
import { parquetDigest } from '../contenders/parquet-digest.ts'
import { orders } from '../inputs/orders.ts'
import { speedAim } from '../runner/aims.ts'
import { timeBars } from '../runner/bars.ts'
import type { Measure } from '../runner/measure.ts'
import { type Ended, headrace } from '../runner/process.ts'
import { type Racer, race, raceCells, raceHead } from '../runner/race.ts'

const one = 'one worker'
const two = 'two workers'

const measure: Measure = {
  title: 'One worker and two',
  about:
    'Whole processes with --workers 1 and 2: work for the processor alone (made-up texts → cleaned → cut into pieces → a derived column, nothing stored), and the pipeline of csv-parquet, CSV → filter → derive → Parquet. Two workers on two cores would take half the time at best.',
  run: async (setting) => {
    const { quick, folder, say } = setting
    const texts = quick ? 50_000 : 500_000
    const count = quick ? 1_000_000 : 5_000_000
    say(`making ${count} rows`)
    const { file, output } = ordersPipeline(folder, await orders(count), 'headrace')
    const state = join(folder, 'state')
    const work = processorWork(folder, texts)
    let last: Ended | undefined
    const racer = (name: string, workers: number, pipeline: string): Omit<Racer, 'result'> => ({
      name,
      start: async () => {
        last = await headrace(['run', pipeline, '--json', '--state', state, '--workers', String(workers)])
        return last
      },
      leaves: [output, state],
    })
    const pieces = async () => {
      const { nodes } = JSON.parse(last?.stdout ?? '') as { nodes: { none: { out: number } } }
      return `${nodes.none.out} pieces`
    }
    const digest = () => parquetDigest(output)
    const alone = await race(setting, two, [
      { ...racer(one, 1, work), result: pieces },
      { ...racer(two, 2, work), result: pieces },
    ])
    const files = await race(setting, two, [
      { ...racer(one, 1, file), result: digest },
      { ...racer(two, 2, file), result: digest },
    ])
    const rows = { 'processor alone': alone, 'CSV → Parquet': files }
    return {
      table: {
        head: ['', '', ...raceHead(two)],
        rows: Object.entries(rows).flatMap(([name, standings]) =>
          standings.map((standing) => [name, standing.name, ...raceCells(standing)]),
        ),
      },
      notes: [`${texts.toLocaleString('en')} texts; ${count.toLocaleString('en')} orders.`],
      figures: { texts, rows: count, alone, files },
      aims: [speedAim('S9', alone, one, 1.8, { of: 'itself on one, processor alone', ours: two })],
      bars: [
        timeBars(`Processor alone, ${texts.toLocaleString('en')} texts`, alone, 'alone'),
        timeBars(`CSV → Parquet, ${count.toLocaleString('en')} rows`, files, 'csv'),
      ],
    }
  },
}
export default measure

function processorWork(folder: string, rows: number): string {
  const nodes = {
    texts: { type: 'sources/generate', config: { rows, columns: { id: 'sequence', text: 'text(500, 3000)' } } },
    clean: { type: 'transforms/clean', config: { columns: ['text'] } },
    pieces: { type: 'transforms/chunk', config: { column: 'text', size: 300 } },
    more: { type: 'transforms/derive', config: { columns: { loud: 'upper(text) + "!"' } } },
    none: { type: 'sinks/none', config: {} },
  }
  const ids = Object.keys(nodes)
  const edges = ids.slice(1).map((to, i) => ({ from: ids[i], to }))
  const file = join(folder, 'processor.json')
  writeFileSync(file, JSON.stringify({ headrace: 1, nodes, edges }))
  return file
}
