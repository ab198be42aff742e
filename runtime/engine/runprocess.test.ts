import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { isAlive, markProcess, processOf } from './runprocess.ts'

const folder = mkdtempSync(join(tmpdir(), 'process-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a run is at work from its mark until the mark is taken away', () => {
  expect(processOf(folder)).toBe(null)
  const unmark = markProcess(folder, 'page')
  expect(processOf(folder)).toMatchObject({ pid: process.pid, origin: 'page' })
  unmark()
  expect(existsSync(join(folder, 'process.json'))).toBe(false)
})

test('a process that was killed is not at work, and its number may be given to another', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  await once(child, 'spawn')
  const pid = child.pid as number
  expect(isAlive(pid)).toBe(true)
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(isAlive(pid)).toBe(false)
  markProcess(folder, 'terminal')
  const file = join(folder, 'process.json')
  const mark = JSON.parse(readFileSync(file, 'utf8')) as object
  // This process has the number of one that began at another time: after a restart numbers begin anew.
  writeFileSync(file, JSON.stringify({ ...mark, born: '1' }))
  expect(processOf(folder)).toBe(process.platform === 'linux' ? null : expect.anything())
})

test('a mark that was half written is none', () => {
  writeFileSync(join(folder, 'process.json'), '{"pid":')
  expect(processOf(folder)).toBe(null)
})

test('a process of another container is there as long as it is heard of', () => {
  markProcess(folder, 'terminal')
  const file = join(folder, 'process.json')
  const mark = JSON.parse(readFileSync(file, 'utf8')) as object
  // Its number is, here, somebody else's or nobody's.
  writeFileSync(file, JSON.stringify({ ...mark, pid: 999_999_999, machine: 'elsewhere', host: 'elsewhere' }))
  expect(processOf(folder)).toMatchObject({ host: 'elsewhere' })
  utimesSync(file, new Date(Date.now() - 60_000), new Date(Date.now() - 60_000))
  expect(processOf(folder)).toBe(null)
})
