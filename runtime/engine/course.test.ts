import { expect, test } from 'vitest'
import { takeCourse } from './course.ts'

test('a run that was interrupted behind its last output begins nothing: what its nodes kept may be gone', async () => {
  const steps: string[] = []
  const step = (name: string) => async () => {
    steps.push(name)
    return {}
  }
  const left = await takeCourse({
    commits: { isFinished: true, open: step('open'), finish: async () => void steps.push('finish') },
    tables: { open: step('open tables'), remove: async () => void steps.push('remove') },
    begin: async () => {
      throw new Error('begun')
    },
    whole: async () => void steps.push('whole'),
  })
  expect(left).toBe(0)
  expect(steps).toEqual(['open', 'remove'])
})
