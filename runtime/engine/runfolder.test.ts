import { expect, test } from 'vitest'
import { newRunId } from './runfolder.ts'

test('ids of runs sort as the moments at which they started', () => {
  const moments = [0, 1, 9, 16, 255, 256, 999, 1000, 60_000].map((after) => new Date(Date.UTC(2026, 10, 30) + after))
  const ids = moments.map(newRunId)
  expect([...ids].reverse().sort()).toEqual(ids)
  expect(ids[0]).toMatch(/^20261130-000000-000[0-9a-f]{3}$/)
})
