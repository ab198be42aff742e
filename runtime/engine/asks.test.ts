import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { Asks } from './asks.ts'
import { askStop, openRows } from './runask.ts'
import { rowsFile, rowsFolder } from './runplaces.ts'

const folder = mkdtempSync(join(tmpdir(), 'asks-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let count = 0
const fresh = () => mkdtempSync(join(folder, `${count++}-`))

test('a run sees who looks at which edge, until they close', () => {
  const run = fresh()
  const asks = new Asks(run)
  expect(asks.look()).toEqual({ stop: false, edges: new Set() })
  const one = openRows(run, 'a → b')
  const two = openRows(run, 'a → b')
  const other = openRows(run, 'b.rejects → c')
  expect(asks.look().edges).toEqual(new Set(['a → b', 'b.rejects → c']))
  one.close()
  other.close()
  expect(asks.look().edges).toEqual(new Set(['a → b']))
  two.close()
  expect(asks.look().edges).toEqual(new Set())
})

test('whoever has not been heard of for five seconds looks no longer', () => {
  const run = fresh()
  const asks = new Asks(run)
  mkdirSync(join(run, 'ask'))
  const path = join(run, 'ask', 'rows-1.json')
  writeFileSync(path, '{"edge": "a → b"}')
  expect(asks.look().edges.size).toBe(1)
  const before = new Date(Date.now() - 6000)
  utimesSync(path, before, before)
  expect(asks.look().edges.size).toBe(0)
  expect(existsSync(path)).toBe(false)
})

test('a stop of an earlier start does not stop a run that is taken up again', () => {
  const run = fresh()
  askStop(run)
  const asks = new Asks(run)
  expect(asks.look().stop).toBe(false)
  askStop(run)
  expect(asks.look().stop).toBe(true)
  asks.close()
  expect(existsSync(join(run, 'ask'))).toBe(false)
})

test('rows are read when they are new, and stay the same page until then', () => {
  const run = fresh()
  const rows = openRows(run, 'a → b')
  expect(rows.read()).toBe(null)
  const path = rowsFile(run, 'a → b')
  mkdirSync(rowsFolder(run))
  const page = { columns: [], rows: [], identities: [], total: 1, at: 2 }
  writeFileSync(path, JSON.stringify(page))
  const first = rows.read()
  expect(first).toEqual(page)
  expect(rows.read()).toBe(first)
  writeFileSync(path, JSON.stringify({ ...page, total: 1000 }))
  expect(rows.read()).toMatchObject({ total: 1000 })
  writeFileSync(path, '{"columns"')
  expect(rows.read(), 'half a page is none').toMatchObject({ total: 1000 })
  rows.close()
})

test('two edges never share a file, however long their names are', () => {
  const long = 'x'.repeat(300)
  const edges = ['a → b', 'a.rejects → b', 'a-b → c', 'a → b-c', `${long} → b`, `${long}y → b`]
  const names = edges.map((edge) => rowsFile('', edge))
  expect(new Set(names).size).toBe(edges.length)
  expect(names[1]).toBe('rows/a.rejects~b.json')
  for (const name of names) expect(name.length).toBeLessThan(120)
})
