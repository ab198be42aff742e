import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { Workplace } from '../engine/workplace.ts'
import { numbersIn } from '../scenarios/stored.ts'
import { headrace, run, start } from './command.ts'

// Disks that are full and limits that are reached, real ones.

const rows = 120_000
const kinds = ['ndjson', 'parquet', 'csv', 'arrow']

/** Numbered rows into files of some kinds in a folder. */
function pipeline(place: Workplace, into: readonly string[], folder = ''): string {
  place.numbers('in.csv', rows)
  const sinks = into.map((kind) => [kind, [`sinks/${kind}`, { path: `${folder}out.${kind}` }]] as const)
  return place.pipeline(
    { in: ['sources/csv', { path: 'in.csv' }], ...(Object.fromEntries(sinks) as Record<string, [string, object]>) },
    into.map((kind) => ['in', kind] as const),
    { workers: 1 },
  )
}

/** A disk of its own at a folder of a workplace; null where this user may not make one. */
function disk(place: Workplace, name: string, size: string): { grow: () => void } | null {
  const folder = place.path(name)
  mkdirSync(folder)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    return null
  }
  mounted.push(folder)
  return { grow: () => execFileSync('mount', ['-o', 'remount,size=200m', folder]) }
}

const mounted: string[] = []
afterAll(() => {
  for (const folder of mounted) execFileSync('umount', [folder])
})

const canMount = disk(new Workplace(), 'try', '100k') !== null
if (!canMount) console.warn('skipped: full disks, for this user may not mount one; limits of files take their place')

const shown = (folder: string): string[] => readdirSync(folder).filter((name) => !name.startsWith('.'))

/** The command under a limit of the system: `-f 1000` (KB of a file), `-n 40` (open files). */
const limited = (limit: string, args: readonly string[]) =>
  start('bash', ['-c', `ulimit ${limit}; exec "$@"`, 'bash', headrace, ...args]).ended

test.runIf(canMount)('a full output disk ends the run with 1, resumable; nothing half has a final name', async () => {
  const place = new Workplace()
  const small = disk(place, 'small', '900k')
  const file = pipeline(place, kinds, 'small/')
  const failed = await run(['run', file, '--json'])
  expect(failed.code, failed.stderr).toBe(1)
  expect(JSON.parse(failed.stdout)).toMatchObject({
    status: 'failed',
    exitCode: 1,
    balanced: true,
    deadLetters: { count: 0 },
    error: { message: expect.stringMatching(/No space is left|ENOSPC/), hint: expect.any(String) },
  })
  expect(failed.stderr).toMatch(/headrace resume/)
  expect(shown(place.path('small'))).toEqual([])
  small?.grow()
  const resumed = await run(['resume', file])
  expect(resumed.code, resumed.stderr).toBe(0)
  expect(shown(place.path('small')).sort()).toEqual(kinds.map((kind) => `out.${kind}`).sort())
  for (const kind of kinds) {
    const found = await numbersIn(place.path(`small/out.${kind}`), 'n')
    expect(found.length, kind).toBe(rows)
    const wrong = found.findIndex((n, i) => n !== i + 1)
    expect(wrong, kind).toBe(-1)
  }
})

test.runIf(canMount)('a full state folder ends the run: before the first row with 2, else with 1', async () => {
  const place = new Workplace()
  const state = disk(place, 'state', '60k')
  const file = pipeline(place, ['ndjson'])
  const failed = await run(['run', file, '--state', place.path('state')])
  expect(failed.code, failed.stderr).toBe(1)
  expect(failed.stderr).toMatch(/error: .*ENOSPC.*\n.*make room/)
  expect(place.exists('out.ndjson')).toBe(false)
  state?.grow()
  expect(await run(['resume', file, '--state', place.path('state')])).toMatchObject({ code: 0 })
  expect(place.rows('out.ndjson').length).toBe(rows)
  const none = new Workplace()
  disk(none, 'state', '8k')
  const refused = await run(['run', pipeline(none, ['ndjson']), '--state', none.path('state')])
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(/runs cannot be kept in .*ENOSPC/) })
  expect(none.exists('out.ndjson')).toBe(false)
})

test('a limit of the size of files ends the run with 1, resumable, and says which limit', async () => {
  const place = new Workplace()
  const file = pipeline(place, ['ndjson'])
  const failed = await limited('-f 1500', ['run', file])
  expect(failed.code, failed.stderr).toBe(1)
  expect(failed.stderr).toMatch(/ndjson: The system allows .* to become no larger.*\n.*ulimit -f/)
  expect(shown(place.folder).sort()).toEqual(['in.csv', 'pipeline.json'])
  expect(await run(['resume', file])).toMatchObject({ code: 0 })
  expect(place.rows('out.ndjson').length).toBe(rows)
})

test('too few open files end the run, or it goes well; never half', async () => {
  for (const most of [28, 34]) {
    const place = new Workplace()
    const file = pipeline(place, ['parquet'])
    const { code, stderr } = await limited(`-n ${most}`, ['run', file, '--set', 'parquet.ifExists=replace'])
    expect([0, 1, 2], stderr).toContain(code)
    if (code !== 0) expect(place.exists('out.parquet')).toBe(false)
    const after = await run([...(code === 1 ? ['resume'] : ['run', '--set', 'parquet.ifExists=replace']), file])
    expect(after.code, after.stderr).toBe(0)
    expect((await numbersIn(place.path('out.parquet'), 'n')).length).toBe(rows)
  }
})
