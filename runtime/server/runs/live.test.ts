import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, expect, test } from 'vitest'
import { edgeCounters, nodeCounters } from '../../engine/counters.ts'
import { Metrics } from '../../engine/metrics.ts'
import type { LogLine, Snapshot, Unreadable } from '../api/index.ts'
import { LiveRuns } from './live.ts'

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})

function place(): string {
  const folder = mkdtempSync(join(tmpdir(), 'headrace-live-'))
  folders.push(folder)
  return folder
}

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** A sample in which everything is `rows`. */
function sample(at: number, rows: number): Snapshot {
  const all = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, rows]))
  return {
    at,
    nodes: { a: all(nodeCounters), b: all(nodeCounters) },
    edges: [{ from: 'a', port: '', to: 'b', ...all(edgeCounters) }],
  } as unknown as Snapshot // every counter has its value
}

test('followers share one reader; who is not ready gets the latest when it is, and nothing of what was before', async () => {
  const folder = place()
  const live = new LiveRuns(() => {})
  const quick: number[] = []
  const slow: number[] = []
  let ready = false
  const leaveQuick = live.follow(folder, { ready: () => true, counters: ({ at }) => quick.push(at) })
  const leaveSlow = live.follow(folder, { ready: () => ready, counters: ({ at }) => slow.push(at) })
  const metrics = await Metrics.open(join(folder, 'metrics.sqlite'))
  for (let at = 1; at <= 5; at++) {
    metrics.write(sample(at * 250, at))
    await expect.poll(() => quick.at(-1)).toBe(at * 250)
  }
  expect(quick).toEqual([250, 500, 750, 1000, 1250])
  expect(slow).toEqual([])
  ready = true
  await expect.poll(() => slow).toEqual([1250])
  const late: number[] = []
  const leaveLate = live.follow(folder, { ready: () => true, counters: ({ at }) => late.push(at) })
  expect(late, 'whoever comes later has the last counters at once').toEqual([1250])
  await wait(300)
  expect(quick, 'nothing is said while nothing changes').toHaveLength(5)
  for (const leave of [leaveQuick, leaveSlow, leaveLate]) leave()
  metrics.write(sample(2000, 9))
  await wait(250)
  expect(quick).toHaveLength(5)
  metrics.close()
  live.close()
})

test('new lines of the log reach who is ready, each once and in order, and the place behind them', async () => {
  const folder = place()
  const live = new LiveRuns(() => {})
  const write = (...messages: string[]) =>
    appendFileSync(
      join(folder, 'run.log'),
      messages.map((message) => `${JSON.stringify({ time: 'T', level: 'info', message })}\n`).join(''),
    )
  write('before')
  const seen: LogLine[] = []
  let ready = true
  let behind = 0
  live.follow(folder, {
    ready: () => ready,
    counters: () => {},
    log: (lines, next) => {
      seen.push(...lines)
      behind = next
    },
  })
  write('one', 'two')
  await expect.poll(() => seen.length).toBe(2)
  ready = false
  write('three')
  await wait(250)
  ready = true
  write('four')
  await expect.poll(() => seen.length).toBe(4)
  expect(seen.map(({ message }) => message)).toEqual(['one', 'two', 'three', 'four'])
  expect(behind).toBeGreaterThan(150)
  live.close()
})

test('counters that cannot be read are told in a sentence once, and that they can be read again', async () => {
  const folder = place()
  const metrics = await Metrics.open(join(folder, 'metrics.sqlite'))
  metrics.write(sample(250, 1))
  metrics.close()
  const holder = new DatabaseSync(join(folder, 'metrics.sqlite'))
  holder.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE')
  const live = new LiveRuns(() => {})
  const told: (string | null)[] = []
  const seen: number[] = []
  live.follow(folder, {
    ready: () => true,
    counters: ({ at }) => seen.push(at),
    uncounted: (why) => told.push(why && `${why.error} ${why.hint}`),
  })
  await expect.poll(() => told.length).toBe(1)
  await wait(500)
  expect(told).toEqual([expect.stringMatching(/counters of this run cannot be read: .*locked.*metrics\.sqlite/)])
  const before = performance.now()
  live.look(folder)
  expect(performance.now() - before, 'the server does not wait for it').toBeLessThan(500)
  holder.exec('COMMIT')
  holder.close()
  await expect.poll(() => seen).toEqual([250])
  expect(told.slice(1)).toEqual([null])
  live.close()
})

test('whoever follows a run with a damaged file is told', async () => {
  const folder = place()
  writeFileSync(join(folder, 'metrics.sqlite'), 'this is no database, however long one looks at it')
  const live = new LiveRuns(() => {})
  const told: (string | undefined)[] = []
  const follower = {
    ready: () => true,
    counters: () => {},
    uncounted: (why: Unreadable | null) => told.push(why?.error),
  }
  live.follow(folder, follower)
  await wait(1300)
  live.follow(folder, follower)
  expect(told).toEqual(Array(2).fill('The counters of this run cannot be read: file is not a database.'))
  live.close()
})
