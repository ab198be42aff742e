import { test } from 'vitest'
import { fatesAgree, shapes } from './shapes.ts'

for (const shape of shapes)
  test(`a row's fate is what the run did with it: ${shape.name}`, async () => await fatesAgree(shape, shape.rounds))
