import { appendFileSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { countRejected, deadLetterFile, readRejected } from './deadletters-reader.ts'

const letter = (number: number, more: object) =>
  JSON.stringify({
    ...more,
    _node: 'orders',
    _identity: `orders:o.csv:${number}`,
    _code: 'bad-number',
    _message: 'no',
    _column: 'price',
  })
const raw = (number: number) =>
  letter(number, {
    raw: `x;${number}`,
    file: 'o.csv',
    line: number + 1,
    byte: null,
    _types: { raw: 'string', line: 'int64' },
  })

test('rejected rows are read from any place, with what their node saw', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'letters-'))
  expect(await countRejected(folder)).toBe(0)
  expect(await readRejected(folder, 0, 10)).toEqual({ total: 0, rows: [] })
  const long = 'ü'.repeat(3_000_000)
  const own = `{"n":9007199254740993,"d":"1.50","t":"${long}","b":"/w==","_node":"clean","_identity":"orders:o.csv:9","_code":"c","_message":"m","_column":null,"_types":{"n":"int64","d":"decimal(9, 2)","t":"string","b":"binary"}}`
  writeFileSync(deadLetterFile(folder), `${raw(1)}\n${own}\n${raw(3)}\n`)
  expect(await countRejected(folder)).toBe(3)
  const page = await readRejected(folder, 1, 1)
  expect(page).toMatchObject({ total: 3, rows: [{ index: 1, node: 'clean', raw: null, line: null, file: null }] })
  expect(page.rows[0]?.values).toEqual({
    n: '9007199254740993',
    d: '1.50',
    t: { text: 'ü'.repeat(500), length: 3_000_000 },
    b: { bytes: 1, head: '/w==' },
  })
  expect((await readRejected(folder, 2, 10)).rows).toMatchObject([
    { index: 2, identity: 'orders:o.csv:3', raw: 'x;3', line: 4, file: 'o.csv', column: 'price', values: {} },
  ])
})

test('a line that is still being written does not count yet', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'letters-'))
  writeFileSync(deadLetterFile(folder), `${raw(1)}\n${raw(2).slice(0, 20)}`)
  expect(await countRejected(folder)).toBe(1)
  appendFileSync(deadLetterFile(folder), `${raw(2).slice(20)}\n`)
  expect(await countRejected(folder)).toBe(2)
})
