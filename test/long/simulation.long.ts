import { expect, test } from 'vitest'
import { report, searchSeeds } from '../simulation/search.ts'

test('seeds of two minutes end as undisturbed runs do', async () => {
  // Others than those of the short test, in part.
  const found = await searchSeeds({ seconds: 120, least: 1000 })
  console.log(report(found))
  expect(found.failures.map(({ words }) => words)).toEqual([])
})
