import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { listRuns, startRun } from '@headrace/runtime'
import { realDisk } from '../../../runtime/disk/index.ts'
import { readRejected } from '../../../runtime/engine/deadletters-reader.ts'
import { decodeLedger, encodeRecord, Ledger } from '../../../runtime/engine/ledger.ts'
import { prepareReplay } from '../../../runtime/engine/replay/prepare.ts'
import { askedOf } from '../../../runtime/engine/replay/question.ts'
import { prepareResume } from '../../../runtime/engine/resume/prepare.ts'
import { readRunFolder } from '../../../runtime/engine/runfolder.ts'
import { recall } from '../../../runtime/engine/stored/fold.ts'
import { memoryFile } from '../../../runtime/engine/stored/memory.ts'
import { HttpRefusal } from '../../../runtime/server/refuse.ts'
import { readHistory } from '../../../runtime/server/runs/history.ts'
import { endingOf, refusedBy } from '../engine/judge.ts'
import { Finding, type Target } from '../engine/target.ts'

const pipeline = {
  headrace: 1,
  nodes: {
    rows: { type: 'sources/csv', config: { path: 'a.csv', types: { n: 'int64' } } },
    keep: { type: 'transforms/filter', config: { where: 'n > 1' } },
    store: { type: 'sinks/ndjson', config: { path: 'out.ndjson', ifExists: 'replace' } },
  },
  edges: [
    { from: 'rows', to: 'keep' },
    { from: 'keep', to: 'store' },
  ],
}

/** A damaged file of a run's folder: its name, and its text or its JSON; with neither the file is gone. */
interface Damage {
  readonly file: string
  readonly text?: string
  readonly json?: unknown
}

const files = [
  'run.json',
  'files.json',
  'splits.json',
  'probes.json',
  'plan.json',
  'report.json',
  'ledger',
  'dead-letters.ndjson',
  'pipeline.json',
  'metrics.sqlite',
  'stored',
]

/** A real run's folder, made once; kept for the seeds and for each input. */
async function makeRun(folder: string): Promise<{ place: string; run: string }> {
  const place = join(folder, 'made')
  mkdirSync(place, { recursive: true })
  writeFileSync(join(place, 'a.csv'), 'n,text\n1,a\n2,b\nx,c\n3,d\n')
  writeFileSync(join(place, 'pipeline.json'), JSON.stringify(pipeline))
  const { running, problems } = await startRun({ file: join(place, 'pipeline.json'), workers: 1 })
  if (!running) throw new Error(problems.map(({ message }) => message).join())
  await running.done
  const runs = join(place, '.headrace', 'runs')
  return { place, run: readdirSync(runs).find((name) => !name.startsWith('.')) as string }
}

/** What a run of an earlier day left behind: listing, resuming, replaying and reading a damaged folder. */
export const stateTarget: Target = {
  about: 'the files of a run: ledger, run.json, files.json, splits.json, dead letters, counters',
  form: 'json',
  short: 50,
  together: 4,
  seeds: () => {
    return [
      ...files.map((file) => ({ file })),
      { file: 'ledger', text: 'no ledger' },
      { file: 'run.json', json: { id: 'x' } },
      {
        file: 'splits.json',
        json: [{ source: 'rows', split: { parts: [{ path: 'a.csv', start: 0, end: 5, firstRow: 1 }], bytes: 5 } }],
      },
      {
        file: 'dead-letters.ndjson',
        text: '{"n":"x","_node":"rows","_identity":"rows:a.csv:3","_code":"c","_message":"m","_column":"n","_types":{"n":"int64"}}\n',
      },
    ].map((one) => JSON.stringify(one))
  },
  words: [
    ...files,
    'rows',
    'keep',
    'store',
    'commit',
    'intent',
    'done',
    'kept',
    'gathered',
    'finished',
    'end',
    'a.csv',
    '../../..',
    'out.ndjson',
    'int64',
    'source',
    'split',
    'parts',
  ],
  async open(folder) {
    const { place, run } = await makeRun(folder)
    const there = join(folder, 'there')
    const state = join(there, '.headrace')
    const path = join(state, 'runs', run)
    const file = join(there, 'pipeline.json')
    return {
      async feed(input) {
        rmSync(there, { recursive: true, force: true })
        cpSync(place, there, { recursive: true })
        rmSync(join(there, 'out.ndjson'), { force: true })
        const damage = damageOf(input)
        if (!damage) return 'no damage'
        const target = damage.file === 'stored' ? memoryFile(state, file) : join(path, damage.file)
        mkdirSync(join(state, 'stored'), { recursive: true })
        // The run is not done: there is something to go on with.
        if (damage.file !== 'ledger') cutLedger(join(path, 'ledger'))
        // The record names the folder where it was made.
        if (damage.file !== 'run.json') moveRecord(join(path, 'run.json'), place, there)
        writeDamage(target, damage)
        const endings = []
        for (const look of looks(state, file, path)) {
          try {
            endings.push(await look())
          } catch (error) {
            endings.push(endingOf(error))
          }
        }
        if (statSync(join(there, 'out.ndjson'), { throwIfNoEntry: false })) throw new Finding('an output was written')
        return [...new Set(endings)].join(', ')
      },
    }
  },
}

/** What commands do with the folder, each by itself. */
function looks(state: string, file: string, path: string): (() => Promise<string>)[] {
  const signal = new AbortController().signal
  return [
    async () => `${listRuns(state).length} listed`,
    async () => `${recall(state, file).runs.length} remembered`,
    async () => (readRunFolder(path) ? 'read' : ''),
    async () => `${(await readRejected(path, 0, 100)).rows.length} letters`,
    async () => {
      try {
        return `${readHistory(path, 0).length > 0 ? 'counters' : 'no counters'}`
      } catch (error) {
        if (!(error instanceof HttpRefusal)) throw error
        return 'counters that cannot be read'
      }
    },
    async () => {
      const ledger = new Ledger(join(path, 'ledger'), realDisk)
      ledger.close()
      return 'a ledger'
    },
    async () => {
      const { prepared, problems } = await prepareResume(path, { signal })
      return prepared ? 'resumed' : refusedBy(problems)
    },
    async () => {
      const { prepared, problems } = await prepareReplay({ run: path, signal }, askedOf({}))
      return prepared ? 'replayed' : refusedBy(problems)
    },
  ]
}

function damageOf(input: Buffer): Damage | null {
  try {
    const value = JSON.parse(input.toString('utf8')) as Damage
    return files.includes(value?.file) ? value : null
  } catch {
    return null
  }
}

function writeDamage(target: string, { file, text, json }: Damage): void {
  if (json !== undefined) writeFileSync(target, JSON.stringify(json))
  else if (typeof text === 'string') writeFileSync(target, text)
  else if (file !== 'stored') rmSync(target, { force: true })
}

function cutLedger(ledger: string): void {
  const { records } = decodeLedger(readFileSync(ledger, 'utf8'))
  writeFileSync(
    ledger,
    records
      .filter(({ type }) => type === 'intent')
      .map(encodeRecord)
      .join(''),
  )
}

function moveRecord(path: string, from: string, to: string): void {
  writeFileSync(path, readFileSync(path, 'utf8').replaceAll(from, to))
}
