import { test } from 'vitest'
import { fatesAgree, shapes } from '../trace/shapes.ts'

for (const shape of shapes)
  test(`a row's fate is what the run did with it, often: ${shape.name}`, async () => await fatesAgree(shape, 40))
