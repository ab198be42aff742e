import { isUtf8 } from 'node:buffer'
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ndjson from '@headrace/nodes/sources/ndjson.ts'
import { Bench, readSource } from '@headrace/runtime/testing'
import { expect, test } from 'vitest'
import { Scanner } from '../../nodes/formats/json/scanner.ts'

const folder = join(import.meta.dirname, '../../../shared/data/json-test-suite/test_parsing')
const present = existsSync(folder)
if (!present) console.log(`skipped: there is no folder ${folder}`)

const names = present ? readdirSync(folder).filter((name) => name.endsWith('.json')) : []
const countOf = (start: string) => names.filter((name) => name.startsWith(start)).length

/** True where the bytes are one JSON value. */
function accepts(bytes: Buffer): boolean {
  const scanner = new Scanner()
  const mark = bytes.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? 3 : 0
  scanner.begin(bytes, mark, bytes.length)
  return isUtf8(bytes) && scanner.skipValue() && scanner.ended()
}

test.skipIf(!present)('the parser accepts what it must and refuses what it must', () => {
  expect([countOf('y_'), countOf('n_'), countOf('i_')]).toEqual([95, 188, 35])
  const wrong = names.filter((name) => {
    const accepted = accepts(readFileSync(join(folder, name)))
    return name.startsWith('i_') ? false : accepted !== name.startsWith('y_')
  })
  console.log(`json-test-suite, parser: ${283 - wrong.length} of 283 passed, 35 free ones did not crash`)
  expect(wrong).toEqual([])
})

// A row is a line or an item of an array, so these are no fault of the source.
const known: Record<string, string> = {
  'y_object_with_newlines.json': 'one object over several lines is no row a line',
  'y_array_heterogeneous.json': 'of rows that are objects and rows that are none, the latter are rejected',
  'n_single_space.json': 'a file without a row',
  'n_structure_no_data.json': 'a file without a row',
  'n_structure_UTF8_BOM_no_data.json': 'a file without a row',
}

test.skipIf(!present)(
  'through the source, a good file gives rows and a bad one a reject or a problem',
  async () => {
    const temporary = mkdtempSync(join(tmpdir(), 'json-suite-'))
    const wrong: string[] = []
    for (const name of names) {
      writeFileSync(join(temporary, name), readFileSync(join(folder, name)))
      const { rejected, problems } = await readSource(ndjson, { path: name }, new Bench(temporary))
      const refused = rejected.length > 0 || problems.some(({ severity }) => severity === 'error')
      if (!name.startsWith('i_') && refused === name.startsWith('y_')) wrong.push(name)
    }
    const listed = Object.keys(known).sort()
    console.log(`json-test-suite, source: ${283 - wrong.length} of 283 passed; known:`, known)
    expect(wrong.sort()).toEqual(listed)
  },
  120_000,
)
