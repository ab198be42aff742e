import { expect, test } from 'vitest'
import { compiledFrom } from './module.ts'
import { sourceHash } from './source.ts'

test('the module was compiled from the sources beside it: after a change run node nodes/formats/simd/build.ts', () => {
  expect(compiledFrom).toBe(sourceHash())
})
