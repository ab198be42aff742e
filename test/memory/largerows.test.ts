import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Workplace } from '../engine/workplace.ts'

// With 24 MB and one worker a row may have about 3 MB.
const settings = { workers: 1, memory: '24MB' }
const long = 'x'.repeat(2_000_000)

interface Letter {
  readonly _node: string
  readonly _code: string
  readonly _message: string
  readonly _identity: string
  readonly double?: string
}

test.each([
  ['CSV', 'csv', (rows: string[]) => `n,text\n${rows.map((text, i) => `${i + 1},${text}`).join('\n')}\n`],
  ['NDJSON', 'ndjson', (rows: string[]) => rows.map((text, i) => `${JSON.stringify({ n: i + 1, text })}\n`).join('')],
] as const)(
  'a row of %s that is larger than a row may be is one reject with its head and its byte',
  async (_, format, write) => {
    const place = new Workplace()
    place.write(`in.${format}`, write(['a', 'y'.repeat(8_000_000), 'b']))
    const file = place.pipeline(
      { in: [`sources/${format}`, { path: `in.${format}` }], out: ['sinks/ndjson', { path: 'out.ndjson' }] },
      [['in', 'out']],
      { ...settings, deadLetters: 1 },
    )
    const report = await place.run(file)
    expect(report).toMatchObject({ exitCode: 0, balanced: true, nodes: { in: { in: 3, out: 2, rejected: 1 } } })
    expect(place.rows('out.ndjson').map(({ n }) => n)).toEqual([1, 3])
    const [letter] = lettersOf(report)
    expect(letter).toMatchObject({ _code: expect.stringMatching(/^row-too-l/), _identity: `in:in.${format}:2` })
    expect(Number(letter?.['byte'])).toBe(format === 'csv' ? 11 : 19)
    expect(String(letter?.['raw']).length).toBe(64 << 10)
  },
)

test('a row that grows too large in a transform is one reject where it would enter, with its head; the others go on', async () => {
  const place = new Workplace()
  place.write('in.csv', `n,text\n1,a\n2,${long}\n3,b\n`)
  const file = place.pipeline(
    {
      in: ['sources/csv', { path: 'in.csv' }],
      more: ['transforms/derive', { columns: { double: 'text + text' } }],
      out: ['sinks/ndjson', { path: 'out.ndjson' }],
    },
    [
      ['in', 'more'],
      ['more', 'out'],
    ],
    { ...settings, deadLetters: 1 },
  )
  const report = await place.run(file)
  expect(report).toMatchObject({
    exitCode: 0,
    balanced: true,
    nodes: { more: { in: 3, out: 3, rejected: 0 }, out: { in: 3, out: 2, rejected: 1 } },
  })
  expect(place.rows('out.ndjson').map(({ n }) => n)).toEqual([1, 3])
  const [letter] = lettersOf(report) as unknown as Letter[]
  expect(letter).toMatchObject({ _node: 'out', _code: 'row-too-large', _identity: 'in:in.csv:2' })
  expect(letter?._message).toMatch(/the row has 6,000,\d+ bytes here; the most is 3,/)
  expect(letter?.double?.length).toBe(64 << 10)
})

const lettersOf = (report: { deadLetters: { file: string | null } }): (Letter & Record<string, unknown>)[] =>
  readFileSync(report.deadLetters.file as string, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Letter & Record<string, unknown>)
