import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { Bench } from '@headrace/runtime/testing'
import { expect, test } from 'vitest'
import { readBytes } from './compression.ts'
import { costlyPart, findFiles, naturalOrder } from './files.ts'

function scene(names: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'files-'))
  for (const name of names) {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), 'x')
  }
  const bench = new Bench(folder)
  const find = async (path: string | string[]) => (await findFiles({ ...bench, path })).map((file) => file.path)
  return { folder, bench, find }
}

test('globs, folders, lists and names with signs of a glob', async () => {
  const { find, folder, bench } = scene(['p10.csv', 'p2.csv', 'q/a.csv', 'q/.hidden.csv', 'r (1) [old].csv'])
  expect(await find('*.csv')).toEqual(['p2.csv', 'p10.csv', 'r (1) [old].csv'])
  expect(await find('q')).toEqual(['q/a.csv'])
  expect(await find(['p10.csv', 'p*.csv', 'q/**'])).toEqual(['p10.csv', 'p2.csv', 'q/a.csv'])
  expect(await find('r (1) [old].csv')).toEqual(['r (1) [old].csv'])
  expect(await find(join(folder, 'q', '*.{csv,txt}'))).toEqual(['q/a.csv'])
  expect(bench.problems).toEqual([])
})

test('files beside the pipeline keep their whole path', async () => {
  const { folder } = scene(['data/a.csv', 'pipeline/p.json'])
  const bench = new Bench(join(folder, 'pipeline'))
  const found = await findFiles({ ...bench, path: '../data/*.csv' })
  expect(found).toMatchObject([{ path: join(folder, 'data/a.csv'), size: 1 }])
})

test('each path without files is a problem of its own', async () => {
  const { find, bench } = scene(['a.csv'])
  expect(await find(['a.csv', 'b/*.csv', 'a.cvs'])).toEqual(['a.csv'])
  expect(bench.problems.map(({ code, place }) => [code, place.setting])).toEqual([
    ['no-files', 'path[1]'],
    ['no-files', 'path[2]'],
  ])
})

test('names are sorted as people count', () => {
  const names = ['p10', 'p9b', 'p9', 'p009', 'P1', 'p', 'a2b10', 'a2b9']
  expect(names.toSorted(naturalOrder)).toEqual(['P1', 'a2b9', 'a2b10', 'p', 'p009', 'p9', 'p9b', 'p10'])
})

test('all of a zstd file with several frames is read, and a cut one is an error', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'files-'))
  const frame = zstdCompressSync(Buffer.alloc(300_000, 'abc'))
  const size = async (name: string, content: Uint8Array) => {
    writeFileSync(join(folder, name), content)
    let sum = 0
    for await (const piece of readBytes(join(folder, name), { name })) sum += piece.length
    return sum
  }
  expect(await size('a.zst', Buffer.concat([frame, frame, frame]))).toBe(900_000)
  expect(await size('a.gz', Buffer.concat([gzipSync('abc'), gzipSync('def')]))).toBe(6)
  await expect(size('b.zst', frame.subarray(0, 20))).rejects.toMatchObject({ code: 'corrupt-file' })
  await expect(size('b.gz', gzipSync('abc').subarray(0, 12))).rejects.toMatchObject({ code: 'corrupt-file' })
})

test('a pattern that could take for ever is refused, a file of that name is found', async () => {
  const costly = 'data/*a*a*a*a*a*a*a*a*a*a*a*a*b'
  expect(costlyPart('data/2024-*/**/part-*_*.csv')).toBe(null)
  expect(costlyPart('{a,b}/[a-z]?/!(x).csv')).toBe(null)
  expect(costlyPart(costly)).toBe('*a*a*a*a*a*a*a*a*a*a*a*a*b')
  expect(costlyPart('+(a|aa)+')).toBe('+(a|aa)')
  expect(costlyPart('{a,b}'.repeat(30))).not.toBe(null)
  const folder = mkdtempSync(join(tmpdir(), 'headrace-costly-'))
  writeFileSync(join(folder, 'a'.repeat(200)), '')
  writeFileSync(join(folder, 'what+(a).csv'), '')
  const problems: string[] = []
  const find = (path: string) =>
    findFiles({ path, folder, resolve: (one) => join(folder, one), report: ({ code }) => problems.push(code) })
  expect(await find('*a*a*a*a*a*a*a*a*a*a*a*a*b')).toEqual([])
  expect(problems).toEqual(['bad-pattern'])
  expect((await find('what+(a).csv')).map(({ path }) => path)).toEqual(['what+(a).csv'])
})
