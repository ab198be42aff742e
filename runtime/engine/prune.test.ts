import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { encodeRecord } from './ledger.ts'
import { type PruneOptions, pruneRuns } from './prune.ts'
import { markProcess } from './runprocess.ts'

let state = ''
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'headrace-prune-'))
})
afterEach(() => rmSync(state, { recursive: true, force: true }))

const now = Date.parse('2026-11-25T00:00:00Z')
const day = 86_400_000

interface Made {
  readonly pipeline?: string
  readonly status?: 'done' | 'failed' | null
  readonly rejected?: number
  readonly replayOf?: string
}

/** A run's folder as a run leaves it, `age` days ago. */
function made(age: number, { pipeline = '/p.json', status = 'done', rejected = 0, replayOf }: Made = {}): string {
  const started = new Date(now - age * day)
  const id = `${started.toISOString().slice(0, 10).replaceAll('-', '')}-000000-${String(count++).padStart(4, '0')}`
  const folder = join(state, 'runs', id)
  mkdirSync(folder, { recursive: true })
  const run = { id, pipeline, started: started.toISOString(), replayOf: replayOf ?? null }
  writeFileSync(join(folder, 'run.json'), JSON.stringify(run))
  writeFileSync(join(folder, 'report.json'), '{}')
  if (status) writeFileSync(join(folder, 'ledger'), encodeRecord({ type: 'end', status }))
  if (rejected) writeFileSync(join(folder, 'dead-letters.ndjson'), '{}\n'.repeat(rejected))
  return id
}
let count = 0

async function reasons(options: Partial<PruneOptions> = {}): Promise<Record<string, string | null>> {
  const judged = await pruneRuns(state, { days: 30, runs: 2, now, ...options })
  return Object.fromEntries(judged.map(({ id, keptFor }) => [id, keptFor]))
}

test('a run goes when it is both older than the days and beyond the newest of its pipeline', async () => {
  const [latest, second, young, old] = [made(1), made(2), made(29), made(31)]
  const other = made(400, { pipeline: '/other.json' })
  expect(await reasons()).toEqual({
    [latest]: 'latest',
    [second]: 'runs',
    [young]: 'days',
    [old]: null,
    [other]: 'latest',
  })
  expect(readdirSync(join(state, 'runs'))).toEqual([other, young, second, latest].sort())
  expect(await reasons({ days: null, runs: 1 }), 'one limit alone').toMatchObject({ [second]: null, [young]: null })
})

test('what is at work, can be resumed, has rejected rows, or belongs to such a run by a replay, stays', async () => {
  made(1)
  const ids = {
    failed: made(300, { status: 'failed' }),
    dead: made(301, { status: null }),
    rejected: made(302, { rejected: 3 }),
    atWork: made(303, { status: null }),
  }
  const replay = made(299, { replayOf: ids.rejected })
  const root = made(400)
  const again = made(398, { replayOf: root, rejected: 1 })
  const unmark = markProcess(join(state, 'runs', ids.atWork), 'terminal')
  expect(await reasons({ days: 0, runs: 0 })).toMatchObject({
    [ids.failed]: 'unfinished',
    [ids.dead]: 'unfinished',
    [ids.rejected]: 'rejected',
    [ids.atWork]: 'running',
    [replay]: 'replay',
    [root]: 'replay',
    [again]: 'rejected',
  })
  unmark()
})

test('a dry run removes nothing; another pipeline stays untouched; what a crash left is swept', async () => {
  const old = made(100)
  const older = made(101)
  const other = made(90, { pipeline: '/other.json' })
  const another = made(91, { pipeline: '/other.json' })
  const half = join(state, 'runs', `.removed-${older}x`)
  const fresh = join(state, 'runs', '.starting')
  const stale = join(state, 'runs', '.replay-left')
  for (const path of [half, fresh, stale]) mkdirSync(path)
  utimesSync(fresh, now / 1000, now / 1000)
  utimesSync(stale, (now - 2 * day) / 1000, (now - 2 * day) / 1000)
  expect(await reasons({ runs: 1, dryRun: true })).toMatchObject({ [older]: null, [another]: null })
  expect(readdirSync(join(state, 'runs')).length).toBe(7)
  const asked: string[] = []
  await reasons({ runs: 1, of: (pipeline) => pipeline === '/p.json', before: (pipeline) => asked.push(pipeline) })
  expect(asked).toEqual(['/p.json'])
  expect([old, older, other, another].map((id) => existsSync(join(state, 'runs', id)))).toEqual([
    true,
    false,
    true,
    true,
  ])
  expect([half, fresh, stale].map((path) => existsSync(path))).toEqual([false, true, false])
})
