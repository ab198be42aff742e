import type { Column, Disk } from '@headrace/runtime/sdk'
import { stagePart } from '../output.ts'
import { footerBytes, magic } from '../parquet/stitch.ts'
import { type ThriftStruct, type ThriftValue, thrift, writeThrift } from '../parquet/thrift.ts'
import { bytesOfCodes, mayCode, writeCodes, writeDictionary } from './codes.ts'
import type { Shape } from './layout.ts'
import { Bytes } from './levels.ts'
import { type StagedRows, type Strip, stripsOf } from './strips.ts'

const groupRows = 122_880
const groupBytes = 16 << 20
/** From so many rows on a group ends where other dictionaries begin; with fewer, the rest of its rows are written plainly. */
const leastRows = 32_768

/** A staged Parquet file that grows by columns of equally many rows, uncompressed: written and read at the speed of copying. */
export interface PlainFile {
  /** Copies the columns' bytes; rows that come coded stay so. */
  readonly add: (columns: readonly StagedRows[], rows: number) => Promise<void>
  /**
   * Writes the rest and gives the file's length, 0 and no file where it has no rows; and how long it would be if no row
   * were coded: by that memory is planned. The engine makes it durable.
   */
  readonly close: () => Promise<{ readonly bytes: number; readonly decoded: number }>
  readonly discard: () => Promise<void>
}

export function openPlainFile(disk: Disk, path: string, shapes: readonly Shape[]): PlainFile {
  const part = stagePart(disk, path, { lasting: false })
  const columns = shapes.map((shape) => stripsOf(shape).map((strip) => openChunk(strip)))
  const strips = columns.flat()
  const page = new Bytes()
  const groups: Uint8Array[] = []
  let position = 0
  let total = 0
  let rowsInGroup = 0

  async function flush() {
    if (rowsInGroup === 0) return
    if (position === 0) await part.write(magic)
    position ||= magic.length
    const chunks = strips.map((chunk) => {
      const about = chunkOf(chunk, position)
      position += bytesOf(chunk)
      return about
    })
    for (const chunk of strips) {
      if (chunk.coded) await part.write(chunk.dictionary.view())
      await part.write(chunk.pages.view())
      chunk.dictionary.clear()
      chunk.pages.clear()
      chunk.coded = null
      chunk.values = 0
    }
    groups.push(writeThrift(groupOf(chunks, rowsInGroup)))
    rowsInGroup = 0
  }

  const close = () => {
    for (const { pages, dictionary } of strips) {
      pages.close()
      dictionary.close()
    }
    page.close()
  }

  return {
    async add(added, rows) {
      if (rows === 0) return
      const others = columns.some(([chunk], i) => chunk?.coded && added[i]?.coded && added[i]?.column !== chunk.coded)
      if (others && rowsInGroup >= leastRows) await flush()
      columns.forEach((some, i) => {
        for (const chunk of some) addPage(chunk, page, added[i] as StagedRows, rows)
      })
      total += rows
      rowsInGroup += rows
      const bytes = strips.reduce((sum, chunk) => sum + bytesOf(chunk), 0)
      if (rowsInGroup >= groupRows || bytes >= groupBytes) await flush()
    },
    async close() {
      await flush()
      if (groups.length) {
        await part.write(footerBytes(head(shapes), { rows: total, count: groups.length, bytes: Buffer.concat(groups) }))
      }
      close()
      const bytes = await part.close()
      return { bytes, decoded: bytes + strips.reduce((sum, { saved }) => sum + saved, 0) }
    },
    async discard() {
      close()
      await part.discard()
    },
  }
}

/** A leaf's pages of the row group that is being written. */
interface OpenChunk {
  readonly strip: Strip
  readonly pages: Bytes
  values: number
  /** The page of the values that rows are coded by, and these; null where no row is. */
  readonly dictionary: Bytes
  coded: Column | null
  /** Bytes that all coded rows of the file would take more. */
  saved: number
}

const openChunk = (strip: Strip): OpenChunk => ({
  strip,
  pages: new Bytes(),
  values: 0,
  dictionary: new Bytes(),
  coded: null,
  saved: 0,
})

const bytesOf = ({ pages, dictionary }: OpenChunk): number => pages.length + dictionary.length

function addPage(chunk: OpenChunk, page: Bytes, rows: StagedRows, count: number): void {
  const { strip, pages } = chunk
  const { leaf } = strip
  const { column, places } = rows
  if (chunk.coded === null && strip.flat && mayCode(rows, leaf)) {
    page.clear()
    const values = writeDictionary(page, column, leaf)
    chunk.dictionary.add(writeThrift(dictionaryHeader(page.length, values)))
    chunk.dictionary.add(page.view())
    chunk.coded = column
  }
  page.clear()
  const coded = chunk.coded === column
  if (coded) {
    writeCodes(page, column, places as Int32Array)
    chunk.saved += bytesOfCodes(column, places as Int32Array) - page.length
  }
  const values = coded ? count : strip.write(page, rows, count)
  pages.add(writeThrift(pageHeader(coded ? codesEncoding : leaf.encoding, page.length, values)))
  pages.add(page.view())
  chunk.values += values
}

// The messages of parquet.thrift, by its numbers.

/** RLE_DICTIONARY. */
const codesEncoding = 8

type Member = [id: number, type: number, value: ThriftValue]

const struct = (...fields: Member[]): ThriftStruct => new Map(fields.map(([id, type, value]) => [id, { type, value }]))

function pageHeader(encoding: number, bytes: number, values: number): ThriftStruct {
  const data = struct([1, thrift.i32, values], [2, thrift.i32, encoding], [3, thrift.i32, 3], [4, thrift.i32, 3])
  return struct([1, thrift.i32, 0], [2, thrift.i32, bytes], [3, thrift.i32, bytes], [5, thrift.struct, data])
}

function dictionaryHeader(bytes: number, values: number): ThriftStruct {
  const data = struct([1, thrift.i32, values], [2, thrift.i32, 0])
  return struct([1, thrift.i32, 2], [2, thrift.i32, bytes], [3, thrift.i32, bytes], [7, thrift.struct, data])
}

function chunkOf(chunk: OpenChunk, position: number): ThriftStruct {
  const { strip, dictionary, coded, values } = chunk
  const { path, leaf } = strip
  const bytes = bytesOf(chunk)
  const encodings = coded ? [leaf.encoding, 3, 0, codesEncoding] : [leaf.encoding, 3]
  const meta = struct(
    [1, thrift.i32, leaf.physical],
    [2, thrift.list, { item: thrift.i32, values: encodings }],
    [3, thrift.list, { item: thrift.binary, values: path.map((name) => Buffer.from(name)) }],
    [4, thrift.i32, 0],
    [5, thrift.i64, values],
    [6, thrift.i64, bytes],
    [7, thrift.i64, bytes],
    [9, thrift.i64, position + dictionary.length],
    ...(coded ? [[11, thrift.i64, position] as Member] : []),
  )
  return struct([2, thrift.i64, position], [3, thrift.struct, meta])
}

function groupOf(chunks: ThriftStruct[], rows: number): ThriftStruct {
  const bytes = chunks.reduce((sum, chunk) => {
    const meta = chunk.get(3)?.value
    return sum + (meta instanceof Map ? Number(meta.get(6)?.value) : 0)
  }, 0)
  return struct(
    [1, thrift.list, { item: thrift.struct, values: chunks }],
    [2, thrift.i64, bytes],
    [3, thrift.i64, rows],
  )
}

function head(shapes: readonly Shape[]): ThriftStruct {
  const elements: ThriftValue[] = [
    struct([4, thrift.binary, Buffer.from('rows')], [5, thrift.i32, shapes.length]),
    ...shapes.flatMap(elementsOf),
  ]
  return struct([1, thrift.i32, 1], [2, thrift.list, { item: thrift.struct, values: elements }])
}

/** Repetition: 1 optional, 2 repeated. Converted type 3: a list. */
function elementsOf(shape: Shape): ThriftStruct[] {
  const optional = (...more: [number, number, ThriftValue][]) =>
    struct([3, thrift.i32, 1], [4, thrift.binary, Buffer.from(shape.name)], ...more)
  switch (shape.kind) {
    case 'leaf':
      return [new Map([...optional([1, thrift.i32, shape.leaf.physical]), ...shape.leaf.about])]
    case 'struct':
      return [optional([5, thrift.i32, shape.children.length]), ...shape.children.flatMap(elementsOf)]
    case 'list':
      return [
        optional([5, thrift.i32, 1], [6, thrift.i32, 3]),
        struct([3, thrift.i32, 2], [4, thrift.binary, Buffer.from('list')], [5, thrift.i32, 1]),
        ...elementsOf(shape.item),
      ]
  }
}
