import { describe, expect, test } from 'vitest'
import { bugs } from './bugs.ts'
import { hunt } from './hunt.ts'
import { report, searchSeeds } from './search.ts'

// HEADRACE_SEED=123 runs that seed alone and says what happens in it; see search.ts.

test('pipelines that are stopped, killed, cut off and disturbed at any step end as undisturbed ones do', async () => {
  const found = await searchSeeds({ seconds: 20, least: 200 })
  console.log(report(found))
  expect(found.failures.map(({ words }) => words)).toEqual([])
})

describe('the simulation finds planted bugs', () => {
  for (const bug of bugs)
    test(bug.name, async () => {
      const caught = await hunt(bug, 600)
      console.log(caught ? `${bug.name}: seed ${caught.seed}: ${caught.wrong}` : `${bug.name}: not found`)
      expect(caught).not.toBeNull()
    })
})
