import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { expectKeys, parseTests, putKeys, testFileKeys, testKeys, testSchema } from '../pipeline/tests/index.ts'

const page = readFileSync(new URL('../docs/tests.md', import.meta.url), 'utf8')

test('the example of the page is a file of tests, and every key stands on the page', () => {
  const [, text = ''] = /```json\n([\s\S]*?)```/.exec(page) ?? []
  expect(parseTests(text).problems).toEqual([])
  for (const key of [...testFileKeys, ...testKeys, ...putKeys, ...expectKeys]) expect(page).toContain(key)
})

test('the JSON Schema knows the same keys as the reader', () => {
  const { properties, $defs } = testSchema() as unknown as Schema
  expect(Object.keys(properties)).toEqual([...testFileKeys])
  expect(Object.keys($defs.test.properties).sort()).toEqual([...testKeys].sort())
  const put = $defs.put.anyOf.flatMap((one) => Object.keys(one.properties ?? {}))
  expect([...new Set(put)].sort()).toEqual([...putKeys].sort())
  const expected = $defs.expect.anyOf.flatMap((one) => Object.keys(one.properties ?? {}))
  expect(expected.sort()).toEqual([...expectKeys].sort())
})

interface Schema {
  readonly properties: object
  readonly $defs: {
    readonly test: { readonly properties: object }
    readonly put: { readonly anyOf: readonly { readonly properties?: object }[] }
    readonly expect: { readonly anyOf: readonly { readonly properties?: object }[] }
  }
}
