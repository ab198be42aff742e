import type { Column, Disk } from '@headrace/runtime/sdk'
import { stagePart } from '../output.ts'
import { footerBytes, magic } from '../parquet/stitch.ts'
import { type ThriftStruct, type ThriftValue, thrift, writeThrift } from '../parquet/thrift.ts'
import type { Shape } from './layout.ts'
import { Bytes } from './levels.ts'
import { type Strip, stripsOf } from './strips.ts'

const groupRows = 122_880
const groupBytes = 16 << 20

/** A staged Parquet file that grows by columns of equally many rows, uncompressed: written and read at the speed of copying. */
export interface PlainFile {
  /** Copies the columns' bytes. */
  readonly add: (columns: readonly Column[], rows: number) => Promise<void>
  /** Writes the rest and gives the file's length; 0 and no file where it has no rows. The engine makes it durable. */
  readonly close: () => Promise<number>
  readonly discard: () => Promise<void>
}

export function openPlainFile(disk: Disk, path: string, shapes: readonly Shape[]): PlainFile {
  const part = stagePart(disk, path, { lasting: false })
  const columns = shapes.map((shape) => stripsOf(shape).map((strip) => ({ strip, pages: new Bytes(), values: 0 })))
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
    const chunks = strips.map(({ strip, pages, values }) => {
      const chunk = chunkOf(strip, position, pages.length, values)
      position += pages.length
      return chunk
    })
    for (const strip of strips) {
      await part.write(strip.pages.view())
      strip.pages.clear()
      strip.values = 0
    }
    groups.push(writeThrift(groupOf(chunks, rowsInGroup)))
    rowsInGroup = 0
  }

  return {
    async add(added, rows) {
      if (rows === 0) return
      columns.forEach((some, i) => {
        for (const strip of some) {
          page.clear()
          const values = strip.strip.write(page, added[i] as Column)
          strip.pages.add(writeThrift(pageHeader(strip.strip, page.length, values)))
          strip.pages.add(page.view())
          strip.values += values
        }
      })
      total += rows
      rowsInGroup += rows
      const bytes = strips.reduce((sum, { pages }) => sum + pages.length, 0)
      if (rowsInGroup >= groupRows || bytes >= groupBytes) await flush()
    },
    async close() {
      await flush()
      if (groups.length) {
        await part.write(footerBytes(head(shapes), { rows: total, count: groups.length, bytes: Buffer.concat(groups) }))
      }
      for (const { pages } of strips) pages.close()
      page.close()
      return await part.close()
    },
    async discard() {
      for (const { pages } of strips) pages.close()
      page.close()
      await part.discard()
    },
  }
}

// The messages of parquet.thrift, by its numbers.

const struct = (...fields: [id: number, type: number, value: ThriftValue][]): ThriftStruct =>
  new Map(fields.map(([id, type, value]) => [id, { type, value }]))

function pageHeader({ leaf }: Strip, bytes: number, values: number): ThriftStruct {
  const data = struct([1, thrift.i32, values], [2, thrift.i32, leaf.encoding], [3, thrift.i32, 3], [4, thrift.i32, 3])
  return struct([1, thrift.i32, 0], [2, thrift.i32, bytes], [3, thrift.i32, bytes], [5, thrift.struct, data])
}

function chunkOf({ path, leaf }: Strip, position: number, bytes: number, values: number): ThriftStruct {
  const meta = struct(
    [1, thrift.i32, leaf.physical],
    [2, thrift.list, { item: thrift.i32, values: [leaf.encoding, 3] }],
    [3, thrift.list, { item: thrift.binary, values: path.map((name) => Buffer.from(name)) }],
    [4, thrift.i32, 0],
    [5, thrift.i64, values],
    [6, thrift.i64, bytes],
    [7, thrift.i64, bytes],
    [9, thrift.i64, position],
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
