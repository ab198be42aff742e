import { expect, test } from 'vitest'
import { Workplace } from '../engine/workplace.ts'
import { run } from './command.ts'

function pipeline(place: Workplace): string {
  place.numbers('in.csv', 20_000)
  return place.pipeline(
    {
      in: ['sources/csv', { path: 'in.csv' }],
      slow: ['transforms/slow', { milliseconds: 20 }],
      out: ['sinks/ndjson', { path: 'out.ndjson', ifExists: 'replace' }],
    },
    [
      ['in', 'slow'],
      ['slow', 'out'],
    ],
    { workers: 1 },
  )
}

test('--profile says where the time went, in the object and in words', async () => {
  const file = pipeline(new Workplace())
  const { code, stdout } = await run(['run', file, '--profile', '--json'])
  expect(code).toBe(0)
  const { profile, seconds } = JSON.parse(stdout)
  expect(profile).toMatchObject({ workers: 1, seconds: { running: seconds, models: 0 } })
  expect(Object.keys(profile.nodes)).toEqual(['in', 'slow', 'out'])
  const { working, waiting, blocked } = profile.nodes.slow
  expect(working).toBeGreaterThan(0)
  expect(working + waiting + blocked, 'a node has no more time than the run').toBeLessThanOrEqual(seconds + 0.01)
  expect(profile.resources[0]).toMatchObject({ name: 'workers', does: 'workers' })
  expect(profile.resources.map(({ name }: { name: string }) => name)).toContain('out')

  const told = await run(['run', file, '--profile'])
  expect(told.stdout).toMatch(/^where the time went: .* with 1 worker, after .* of starting$/m)
  expect(told.stdout).toMatch(/^slow +\d+\.\d\d s/m)
  expect(told.stdout).toMatch(/workers at work \d+ % of their time/)
  const plain = await run(['run', file, '--json'])
  expect(JSON.parse(plain.stdout).profile).toBeUndefined()
})
