import { execFile } from 'node:child_process'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Field, fixed, list, types } from '@headrace/runtime/sdk'
import { Bench, writeSink } from '@headrace/runtime/testing'
import { expect, test } from 'vitest'
import sink from '../../nodes/sinks/parquet.ts'

const fields: Field[] = [
  { name: 'id', type: types.int64 },
  { name: 'text', type: types.string },
  { name: 'tags', type: list(types.string) },
  { name: 'vector', type: fixed(types.float32, 2) },
]
const rows = Array.from({ length: 50 }, (_, i) => ({
  id: BigInt(i),
  text: i % 7 ? `a text that is not inlined ${i}` : null,
  tags: i % 3 ? [`tag ${i}`, 'another tag of some length'] : [],
  vector: [i, -i],
}))

/** Numbers from 0 below 1, the same on every run (mulberry32). */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

test('a cut or damaged file gives rows or one clear error, and the process lives on', async () => {
  const bench = new Bench(await mkdtemp(join(tmpdir(), 'parquet-damage-')))
  const next = random(11)
  const files: string[] = []
  for (const compression of ['none', 'zstd', 'snappy']) {
    const whole = `${compression}.parquet`
    await writeSink(sink, { path: whole, compression, rowGroupRows: 20 }, [{ fields, rows }], bench)
    const bytes = await readFile(join(bench.folder, whole))
    files.push(whole)
    for (let i = 0; i < 60; i++) {
      const name = `${compression}-${i}.parquet`
      const damaged = Buffer.from(bytes)
      for (let flips = i % 3; flips >= 0; flips--) damaged[Math.floor(next() * bytes.length)] = Math.floor(next() * 256)
      const cut = i % 10 === 9 ? damaged.subarray(0, Math.floor(next() * bytes.length)) : damaged
      await writeFile(join(bench.folder, name), cut)
      files.push(name)
    }
  }
  const script = join(import.meta.dirname, 'parquet-damage.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...files], { cwd: bench.folder })
  const found = stdout
    .trim()
    .split('\n')
    .map((line) => line.split('\t') as [string, string])
  expect(found.map(([file]) => file)).toEqual(files)
  for (const [file, what] of found) {
    if (!what.startsWith('rows ')) expect(what, file).toMatch(/^[a-z-]+: .*\.parquet/)
    expect(what, file).not.toContain(' AND ')
  }
  const kinds = Object.groupBy(found, ([, what]) => (what.startsWith('rows') ? 'rows' : (what.split(':')[0] as string)))
  console.log('damaged files:', Object.fromEntries(Object.entries(kinds).map(([kind, all]) => [kind, all?.length])))
  expect(found.filter(([file]) => !file.includes('-')).map(([, what]) => what)).toEqual([
    'rows 50',
    'rows 50',
    'rows 50',
  ])
})
