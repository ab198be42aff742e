import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startEditor } from '../contenders/edit-start.ts'
import { timeBars } from '../runner/bars.ts'
import { type Contender, contest, type Standing } from '../runner/contest.ts'
import type { Measure } from '../runner/measure.ts'
import { milliseconds, seconds } from '../runner/print.ts'
import { type Ended, headrace, runNode } from '../runner/process.ts'

/** What this project aims at, in milliseconds above Node's own start. */
const aims: Record<string, number> = { 'headrace check': 250, 'headrace run': 400, 'headrace edit': 500 }

const measure: Measure = {
  title: 'Start-up',
  about:
    "Whole processes: `node -e 0`, `headrace check` and `headrace run` of a CSV of ten rows through a filter and a derived column into NDJSON, with a warm compile cache, to their end; `headrace edit` until its page has been answered for the first time; and how much more than Node's own start that is.",
  run: async ({ quick, repeats, folder }) => {
    const output = join(folder, 'out.ndjson')
    const file = tenRows(folder)
    const state = join(folder, 'state')
    const contender = (
      name: string,
      start: () => Promise<Ended>,
      check: (ended: Ended) => void = () => {},
    ): Contender => ({
      name,
      run: async () => {
        const ended = await start()
        check(ended)
        return { seconds: ended.seconds, result: '', more: { cpu: ended.cpu } }
      },
    })
    const fresh = () => {
      rmSync(state, { recursive: true, force: true })
      return headrace(['run', file, '--state', state])
    }
    const standings = await contest({
      baseline: 'node -e 0',
      repeats: repeats ?? (quick ? 5 : 10),
      warmups: 2,
      contenders: [
        contender('node -e 0', () => runNode(['-e', '0'])),
        contender(
          'headrace check',
          () => headrace(['check', file]),
          ({ stdout }) => {
            if (!stdout.includes('no problems')) throw new Error(`headrace check said: ${stdout}`)
          },
        ),
        contender('headrace run', fresh, () => {
          const stored = readFileSync(output, 'utf8').trim().split('\n').length
          if (stored !== 5) throw new Error(`headrace run stored ${stored} rows, not 5`)
        }),
        {
          name: 'headrace edit',
          run: async () => ({ seconds: await startEditor(folder, join(folder, 'editor')), result: '' }),
        },
      ],
    })
    const [node] = standings as [Standing]
    const added = (of: Standing) => Math.round((of.seconds.median - node.seconds.median) * 1000)
    return {
      table: {
        head: ['', 'time', 'above Node', 'aim', 'processor time'],
        rows: standings.map((of) => [
          of.name,
          milliseconds(of.seconds),
          of === node ? '' : `+${added(of)} ms`,
          aims[of.name] ? `+${aims[of.name]} ms` : '',
          of.more['cpu'] ? seconds(of.more['cpu']) : '',
        ]),
      },
      notes: [],
      figures: { standings, added: Object.fromEntries(standings.map((of) => [of.name, added(of)])) },
      aims: Object.entries(aims).flatMap(([name, most]) => {
        const of = standings.find((one) => one.name === name)
        const found = of && added(of)
        return found === undefined
          ? []
          : [{ id: 'S10', of: `${name}, above Node`, found: `+${found} ms`, goal: `≤ +${most} ms`, met: found <= most }]
      }),
      bars: [timeBars('Start-up', standings)],
    }
  },
}
export default measure

function tenRows(folder: string): string {
  const rows = Array.from({ length: 10 }, (_, i) => `${i + 1},item ${i + 1},${(i * 10).toFixed(2)}`)
  writeFileSync(join(folder, 'in.csv'), `id,item,price\n${rows.join('\n')}\n`)
  const nodes = {
    in: { type: 'sources/csv', config: { path: 'in.csv' } },
    keep: { type: 'transforms/filter', config: { where: 'price >= 50.0' } },
    more: { type: 'transforms/derive', config: { columns: { label: 'upper(item)' } } },
    out: { type: 'sinks/ndjson', config: { path: 'out.ndjson', ifExists: 'replace' } },
  }
  const edges = [
    { from: 'in', to: 'keep' },
    { from: 'keep', to: 'more' },
    { from: 'more', to: 'out' },
  ]
  const file = join(folder, 'pipeline.json')
  writeFileSync(file, JSON.stringify({ headrace: 1, nodes, edges }))
  return file
}
