import { mkdirSync, mkdtempSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Bench, readSource } from '@headrace/runtime/testing'
import { expect, test } from 'vitest'
import files from './files.ts'

function folder(contents: Record<string, string | Uint8Array>): Bench {
  const path = mkdtempSync(join(tmpdir(), 'files-'))
  for (const [name, content] of Object.entries(contents)) {
    mkdirSync(join(path, name, '..'), { recursive: true })
    writeFileSync(join(path, name), content)
    utimesSync(join(path, name), 1_700_000_000, 1_700_000_000)
  }
  return new Bench(path)
}

test('one row a file, its identity the file itself', async () => {
  const bench = folder({ 'docs/a.md': 'größe', 'docs/deep/b.md': '', 'docs/c.txt': 'no' })
  const { rows, identities } = await readSource(files, { path: 'docs/**/*.md' }, bench)
  expect(rows).toEqual([
    { path: 'docs/a.md', name: 'a.md', size: 7n, modified: 1_700_000_000_000_000n, text: 'größe' },
    { path: 'docs/deep/b.md', name: 'b.md', size: 0n, modified: 1_700_000_000_000_000n, text: '' },
  ])
  expect(identities).toEqual(['test:docs/a.md:1', 'test:docs/deep/b.md:1'])
})

test('a byte order mark is no text; bytes that are no text are rejected, but read as bytes', async () => {
  const contents = { 'a.txt': '\ufeffx', 'b.bin': Uint8Array.of(0xff, 0x00) }
  const text = await readSource(files, { path: '*' }, folder(contents))
  expect(text.rows.map((row) => row['text'])).toEqual(['x'])
  expect(text.rejected.map(({ path, code }) => [path, code])).toEqual([['b.bin', 'bad-text']])
  const bytes = await readSource(files, { path: '*', as: 'bytes' }, folder(contents))
  expect(bytes.rows.map((row) => row['bytes'])).toEqual([
    Uint8Array.of(0xef, 0xbb, 0xbf, 0x78),
    Uint8Array.of(0xff, 0x00),
  ])
})

test('a file that is too large is rejected with its size', async () => {
  const { rows, rejected } = await readSource(files, { path: '*', maxSize: 3 }, folder({ a: 'abc', b: 'abcd' }))
  expect(rows.length).toBe(1)
  expect(rejected.map(({ message }) => message)).toEqual(['b: the file has 4 bytes; maxSize is 3.'])
})

test('many small files share a split, more than a batch of them keep their order', async () => {
  const contents = Object.fromEntries(Array.from({ length: 2100 }, (_, i) => [`${i}.txt`, `text ${i}`]))
  const { rows, splits } = await readSource(files, { path: '*.txt' }, folder(contents))
  expect(splits).toBe(1)
  expect(rows.map((row) => row['text'])).toEqual(Array.from({ length: 2100 }, (_, i) => `text ${i}`))
})
