import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readLog } from './logpage.ts'

const folder = mkdtempSync(join(tmpdir(), 'headrace-log-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = join(folder, 'run.log')
const line = (message: string) => `${JSON.stringify({ time: 'T', level: 'info', message, node: 'n', split: 3 })}\n`

test('without a log there are no lines', async () => {
  expect(await readLog(folder)).toEqual({ lines: [], next: 0 })
})

test('the last lines come first; what is asked for after a place is what was written since', async () => {
  writeFileSync(file, Array.from({ length: 2500 }, (_, i) => line(`line ${i}`)).join(''))
  const tail = await readLog(folder)
  expect(tail.lines).toHaveLength(1000)
  expect(tail.lines[0]).toEqual({ at: 'T', level: 'info', message: 'line 1500', node: 'n' })
  appendFileSync(file, `${line('new')}{"time":"half`)
  const since = await readLog(folder, tail.next)
  expect(since.lines.map(({ message }) => message)).toEqual(['new'])
  expect(await readLog(folder, since.next)).toEqual({ lines: [], next: since.next })
  const pages = [await readLog(folder, 0)]
  for (let page = pages[0]; page?.lines.length; page = await readLog(folder, page.next)) pages.push(page)
  expect(new Set(pages.flatMap(({ lines }) => lines.map(({ message }) => message))).size).toBe(2501)
})

test('a place behind the end is of another file, and a line longer than a page is passed over', async () => {
  writeFileSync(file, line('fresh'))
  expect((await readLog(folder, 1e6)).lines.map(({ message }) => message)).toEqual(['fresh'])
  writeFileSync(file, `${line('x'.repeat(3 << 20))}${line('after')}`)
  let page = await readLog(folder, 0)
  for (let turn = 0; turn < 10 && page.lines.length === 0; turn++) page = await readLog(folder, page.next)
  expect(page.lines.map(({ message }) => message)).toEqual(['after'])
})
