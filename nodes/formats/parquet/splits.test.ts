import type { SourceProbe } from '@headrace/runtime/sdk'
import { expect, test } from 'vitest'
import { cutGroups } from './splits.ts'

test('a row group that is a little above the target stays whole, a larger one becomes pieces below it', () => {
  const file = { path: 'a', groups: [122_880, 125_000, 125_001, 210_000].map((rows) => [rows, rows * 8]), places: [0] }
  const probe = { columns: [], files: [file], data: { files: [file], variants: [] } } as unknown as SourceProbe
  expect(cutGroups(probe).map(({ rows }) => rows)).toEqual([122_880, 125_000, 62_500, 62_501, 70_000, 70_000, 70_000])
})
