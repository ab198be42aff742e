import { setTimeout } from 'node:timers/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import { expect, test } from 'vitest'
import { headrace, run, start } from '../cli/command.ts'
import { Workplace } from '../engine/workplace.ts'

const rows = 330_000
const rounds = Number(process.env['HEADRACE_ROUNDS'] ?? 20)

/** One source, four stores: each must end with every row once, whenever the process was killed. */
function pipeline(place: Workplace): string {
  place.numbers('in.csv', rows)
  const sinks: Record<string, [string, object]> = {
    lines: ['sinks/ndjson', { path: 'out.ndjson', ifExists: 'replace' }],
    parts: ['sinks/csv', { path: 'parts/', ifExists: 'replace' }],
    table: ['sinks/parquet', { path: 'out.parquet', ifExists: 'replace' }],
    appended: ['sinks/lancedb', { path: 'store', table: 'appended', ifExists: 'replace' }],
    keyed: ['sinks/lancedb', { path: 'store', table: 'keyed', key: 'n', ifExists: 'replace' }],
  }
  return place.pipeline(
    {
      in: ['sources/csv', { path: 'in.csv' }],
      slow: ['transforms/slow', { milliseconds: 40 }],
      facts: ['transforms/derive', { columns: { twice: 'n * 2' } }],
      ...sinks,
    },
    [['in', 'slow'], ['slow', 'facts'], ...Object.keys(sinks).map((id) => ['facts', id] as const)],
    { workers: 2, deadLetters: 0 },
  )
}

/** Counts and sums of what is stored, by readers that are not ours where there are some. */
async function stored(place: Workplace): Promise<Record<string, string>> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const ask = async (from: string) => {
    const reader = await connection.runAndReadAll(`SELECT count(*), count(DISTINCT n), sum(n), sum(twice) FROM ${from}`)
    return String(reader.getRows()[0])
  }
  const { connect } = await import('@lancedb/lancedb')
  const store = await connect(place.path('store'))
  const keys = async (name: string) => {
    const table = await store.openTable(name)
    const found = (await table.query().select(['n', 'twice']).toArray()) as { n: bigint; twice: bigint }[]
    const sum = (of: (row: { n: bigint; twice: bigint }) => bigint) =>
      found.reduce((total, row) => total + BigInt(of(row)), 0n)
    return String([
      found.length,
      new Set(found.map(({ n }) => Number(n))).size,
      sum(({ n }) => n),
      sum(({ twice }) => twice),
    ])
  }
  const answers = {
    lines: await ask(`read_json('${place.path('out.ndjson')}')`),
    parts: await ask(`read_csv('${place.path('parts/*.csv')}')`),
    table: await ask(`'${place.path('out.parquet')}'`),
    appended: await keys('appended'),
    keyed: await keys('keyed'),
  }
  connection.closeSync()
  return answers
}

test(`${rounds} rounds: killed at random moments and resumed, every store has every row once`, async () => {
  const sum = (BigInt(rows) * BigInt(rows + 1)) / 2n
  const whole = String([rows, rows, sum, sum * 2n])
  let killed = 0
  // How long an undisturbed run takes here and now: the kills are spread over that.
  const before = performance.now()
  const undisturbed = new Workplace()
  expect((await run(['run', pipeline(undisturbed)])).code).toBe(0)
  const length = performance.now() - before
  for (let round = 0; round < rounds; round++) {
    const place = new Workplace()
    const file = pipeline(place)
    let { child, ended } = start(headrace, ['run', file])
    for (let kills = 0; kills < 3; kills++) {
      // Multiplicative hashing spreads the moments evenly, the same fractions in every run of this test.
      const fraction = ((round * 3 + kills + 1) * 0.6180339887) % 1
      await setTimeout(length * fraction)
      if (child.exitCode !== null) break
      child.kill('SIGKILL')
      await ended
      killed++
      ;({ child, ended } = start(headrace, ['resume', file]))
    }
    const { code, stderr, stdout } = await ended
    if (code !== 0 && /has no runs yet|no run/.test(stderr)) {
      expect((await run(['run', file])).code).toBe(0)
    } else expect(code, `round ${round}: ${stderr}${stdout}`).toBe(0)
    expect(await stored(place), `round ${round}`).toEqual({
      lines: whole,
      parts: whole,
      table: whole,
      appended: whole,
      keyed: whole,
    })
  }
  process.stdout.write(`killed ${killed} times in ${rounds} rounds\n`)
  expect(killed).toBeGreaterThan(0)
})
