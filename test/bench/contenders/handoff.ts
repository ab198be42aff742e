import type { MessagePort } from 'node:worker_threads'
import {
  Batch,
  type Column,
  type Descriptor,
  decodeText,
  type Field,
  Identity,
  type Pool,
  Receiver,
  Schema,
  Scope,
  Sender,
  type TypedArray,
  types,
} from '@headrace/runtime/sdk'
import {
  Field as ArrowField,
  Schema as ArrowSchema,
  Float64,
  Int64,
  makeData,
  RecordBatch,
  Struct,
  Table,
  tableFromIPC,
  tableToIPC,
  Utf8,
} from 'apache-arrow'

/** The ways in which a batch goes to another thread. */
export const ways = ['descriptor', 'structured clone', 'transfer', 'Arrow IPC'] as const
export type Way = (typeof ways)[number]

/** One end of a way: sends its batch, or takes one and reads the last value of each column. */
export interface End {
  readonly send: (port: MessagePort, message?: unknown) => void
  readonly receive: (message: unknown) => number
}

const fields: Field[] = [
  { name: 'id', type: types.int64 },
  { name: 'price', type: types.float64 },
  { name: 'text', type: types.string },
]

/** 8 + 8 bytes of numbers, 4 of an offset and a text of 12. */
const rowBytes = 32
const textBytes = 12

/** The three columns, each array made by `make`. */
function columnsOf(bytes: number, make: <T extends TypedArray>(array: { new (length: number): T }, n: number) => T) {
  const rows = Math.floor(bytes / rowBytes)
  const id = make(BigInt64Array, rows)
  const price = make(Float64Array, rows)
  const offsets = make(Int32Array, rows + 1)
  const values = make(Uint8Array, rows * textBytes)
  for (let row = 0; row < rows; row++) {
    id[row] = BigInt(row)
    price[row] = row / 4
    offsets[row + 1] = (row + 1) * textBytes
  }
  offsets[0] = 0
  values.fill('x'.charCodeAt(0))
  const base = { length: rows, nulls: 0, validity: null, offsets: null, children: [] }
  const columns: Column[] = [
    { ...base, type: types.int64, values: id },
    { ...base, type: types.float64, values: price },
    { ...base, type: types.string, values, offsets },
  ]
  return { rows, columns }
}

/** Reads one value of each column: what shows that they are there. */
function read(columns: readonly Pick<Column, 'values' | 'offsets'>[], rows: number): number {
  const [id, price, text] = columns
  const offsets = text?.offsets as Int32Array
  const last = decodeText(text?.values as Uint8Array, offsets[rows - 1] as number, offsets[rows] as number)
  return Number(id?.values?.[rows - 1]) + (price?.values?.[rows - 1] as number) + last.length
}

const makers: Record<Way, (bytes: number, pool: Pool) => End> = {
  descriptor: (bytes, pool) => {
    const scope = new Scope(pool)
    const sender = new Sender(pool)
    const receiver = new Receiver(pool)
    const { rows, columns } = columnsOf(bytes, (array, n) => scope.allocate(array as never, n) as never)
    const batch = new Batch(scope, new Schema(fields), columns, new Identity({ node: 'bench', path: '' }, rows, 1))
    return {
      send: (port) => port.postMessage(sender.send(batch)),
      receive: (message) => {
        const inner = new Scope(pool)
        const received = receiver.receive(inner, message as Descriptor)
        const value = read([received.column(0), received.column(1), received.column(2)], received.rows)
        inner.close()
        return value
      },
    }
  },
  'structured clone': (bytes) => {
    const { rows, columns } = columnsOf(bytes, (array, n) => new array(n))
    const arrays = columns.map(({ values, offsets }) => ({ values, offsets }))
    return {
      send: (port) => port.postMessage({ rows, arrays }),
      receive: (message) => {
        const { rows: count, arrays: got } = message as { rows: number; arrays: Pick<Column, 'values' | 'offsets'>[] }
        return read(got, count)
      },
    }
  },
  transfer: (bytes) => {
    const { rows, columns } = columnsOf(bytes, (array, n) => new array(n))
    const [id, price, text] = columns.map(({ values }) => values as TypedArray)
    const parts = [id, price, columns[2]?.offsets, text] as TypedArray[]
    const total = parts.reduce((sum, { byteLength }) => sum + Math.ceil(byteLength / 8) * 8, 0)
    return {
      send: (port) => {
        // After a transfer the sender has nothing: what it wants to keep it copies.
        const buffer = new ArrayBuffer(total)
        let at = 0
        for (const part of parts) {
          new Uint8Array(buffer, at, part.byteLength).set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength))
          at += Math.ceil(part.byteLength / 8) * 8
        }
        port.postMessage({ rows, buffer }, [buffer])
      },
      receive: (message) => {
        const { rows: count, buffer } = message as { rows: number; buffer: ArrayBuffer }
        const offsets = new Int32Array(buffer, count * 16, count + 1)
        const got = [
          { values: new BigInt64Array(buffer, 0, count), offsets: null },
          { values: new Float64Array(buffer, count * 8, count), offsets: null },
          { values: new Uint8Array(buffer, count * 16 + Math.ceil(offsets.byteLength / 8) * 8), offsets },
        ]
        return read(got, count)
      },
    }
  },
  'Arrow IPC': (bytes) => {
    const { rows, columns } = columnsOf(bytes, (array, n) => new array(n))
    const [id, price, text] = columns.map(({ values }) => values)
    const schema = new ArrowSchema([
      ArrowField.new('id', new Int64(), true),
      ArrowField.new('price', new Float64(), true),
      ArrowField.new('text', new Utf8(), true),
    ])
    const children = [
      makeData({ type: new Int64(), length: rows, nullCount: 0, data: id as BigInt64Array }),
      makeData({ type: new Float64(), length: rows, nullCount: 0, data: price as Float64Array }),
      makeData({
        type: new Utf8(),
        length: rows,
        nullCount: 0,
        valueOffsets: columns[2]?.offsets as Int32Array,
        data: text as Uint8Array,
      }),
    ]
    const data = makeData({ type: new Struct(schema.fields), length: rows, nullCount: 0, children })
    const table = new Table(schema, new RecordBatch(schema, data))
    return {
      send: (port) => {
        const encoded = tableToIPC(table, 'stream')
        port.postMessage(encoded, [encoded.buffer as ArrayBuffer])
      },
      receive: (message) => {
        const got = tableFromIPC(message as Uint8Array)
        const last = got.numRows - 1
        const at = (column: number) => got.getChildAt(column)?.get(last)
        return Number(at(0)) + at(1) + at(2).length
      },
    }
  },
}

/** One end of a way for batches of `bytes`. */
export const endOf = (way: Way, bytes: number, pool: Pool): End => makers[way](bytes, pool)
