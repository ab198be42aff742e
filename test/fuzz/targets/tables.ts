import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Field, fixed, list, type SourceNode, types } from '@headrace/runtime/sdk'
import { Bench, writeSink } from '@headrace/runtime/testing'
import {
  Field as ArrowField,
  Dictionary,
  Int8,
  Int32,
  List,
  Table,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from 'apache-arrow'
import parquetSink from '../../../nodes/sinks/parquet.ts'
import arrow from '../../../nodes/sources/arrow.ts'
import parquet from '../../../nodes/sources/parquet.ts'
import type { Target } from '../engine/target.ts'
import { sourceTarget } from './reading.ts'

const head = (settings: object, body: Uint8Array): Uint8Array =>
  Buffer.concat([Buffer.from(`${JSON.stringify(settings)}\n`), body])

/** Small files of the shared data, read where it lies; none where it is absent. */
function shared(folder: string, ending: RegExp, most: number): Uint8Array[] {
  const path = join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'data', folder)
  let names: string[]
  try {
    names = readdirSync(path, { recursive: true }) as string[]
  } catch {
    return []
  }
  return names
    .filter((name) => ending.test(name))
    .sort()
    .map((name) => readFileSync(join(path, name)))
    .filter(({ length }) => length < 6000)
    .slice(0, most)
}

const withShared = process.env['HEADRACE_FUZZ_SHARED'] === '1'

/** Arrow files and streams. */
export const arrowTarget: Target = {
  about: 'Arrow files and streams',
  form: 'headed',
  short: 250,
  seeds: () => {
    const table = new Table({
      n: vectorFromArray([1, null, 3], new Int32()),
      word: vectorFromArray(['a', 'b', 'a'], new Dictionary(new Utf8(), new Int8())),
      text: vectorFromArray(['x', null, 'long text'], new Utf8()),
      list: vectorFromArray([[1, 2], [], [3]], new List(new ArrowField('item', new Int32()))),
    })
    const example = Object.values(arrow.examples[0]?.files ?? {})[0] as Uint8Array
    return [
      head({}, example),
      head({}, tableToIPC(table, 'file')),
      head({}, tableToIPC(table, 'stream')),
      head({ pin: { n: 'int64' }, onDrift: 'adapt' }, example),
      ...(withShared
        ? shared('arrow-files', /\.(arrow|stream|arrow_file|arrows)$/, 60).map((one) => head({}, one))
        : []),
    ]
  },
  words: ['ARROW1', '\xff\xff\xff\xff', '\0\0\0\0'],
  open: async (folder) => sourceTarget(arrow as unknown as SourceNode, 'in.arrow', folder),
}

const fields: Field[] = [
  { name: 'id', type: types.int64 },
  { name: 'text', type: types.string },
  { name: 'tags', type: list(types.string) },
  { name: 'vector', type: fixed(types.float32, 2) },
]
const rows = Array.from({ length: 20 }, (_, i) => ({
  id: BigInt(i),
  text: i % 7 ? `text ${i}` : null,
  tags: i % 3 ? [`tag ${i}`] : [],
  vector: [i, -i],
}))

/** Parquet files. */
export const parquetTarget: Target = {
  about: 'Parquet files',
  form: 'headed',
  short: 80,
  async seeds() {
    const folder = mkdtempSync(join(tmpdir(), 'headrace-fuzz-seeds-'))
    const made: Uint8Array[] = []
    for (const compression of ['none', 'zstd', 'snappy']) {
      await writeSink(
        parquetSink,
        { path: 'a.parquet', compression, rowGroupRows: 8, ifExists: 'replace' },
        [{ fields, rows }],
        new Bench(folder),
      )
      made.push(head({}, readFileSync(join(folder, 'a.parquet'))))
    }
    rmSync(folder, { recursive: true })
    return [...made, ...(withShared ? shared('parquet-testing', /\.parquet$/, 60).map((one) => head({}, one)) : [])]
  },
  words: ['PAR1', '\x15\x00', '\x19\x1c', '\x00', '\x18'],
  open: async (folder) => sourceTarget(parquet as unknown as SourceNode, 'in.parquet', folder),
}
