import type { Column, Scope } from '@headrace/runtime/sdk'
import { layout, setBit } from '@headrace/runtime/sdk'
import type { PageColumn } from './chunks.ts'
import { encoding, type PageHeader } from './header.ts'
import { notOurs } from './notours.ts'
import type { Body } from './page.ts'
import { plainFixed, plainTexts } from './plain.ts'
import { slack } from './rooms.ts'
import { copyTexts } from './texts.ts'
import { areTexts } from './utf8.ts'

/** A column's dictionary in one row group. Behind its last value lies an empty one, which stands for null. */
export interface Dictionary {
  readonly count: number
  /** As the column holds them, in a buffer that has `slack` bytes more. */
  readonly bytes: Uint8Array
  /** Texts: `count + 2`, where each begins. */
  readonly offsets: Int32Array | null
  /** Its row group says that the column has nulls, or does not say. */
  readonly nullable: boolean
  /** Texts: bytes of the longest. */
  readonly longest: number
  /** As a column in memory of the scope, with a row that is null at its end or without; the same object each time. */
  readonly column: (scope: Scope, nullable: boolean) => Column
}

/** Reads a dictionary's page, unpacked in `room`, which may be used again afterwards. */
export function readDictionary(
  header: PageHeader,
  room: ArrayBuffer,
  column: PageColumn,
  nullable: boolean,
): Dictionary {
  const { shape, physical } = column
  if (shape.kind === 'flags') return notOurs('a dictionary of bools')
  if (header.encoding !== encoding.plain && header.encoding !== encoding.plainDictionary) {
    return notOurs('a dictionary of another encoding')
  }
  const count = header.values
  const body: Body = {
    bytes: new Uint8Array(room, 0, header.pageBytes),
    view: new DataView(room, 0, header.pageBytes + slack),
    start: 0,
    count,
    dense: true,
    take: (bytes) => new ArrayBuffer((bytes + slack + 7) & ~7),
  }
  if (count > header.pageBytes) return notOurs('more values than bytes')
  if (shape.kind === 'texts') return textDictionary(body, column, shape.text, nullable)
  const { bytes } = plainFixed(encoding.plain, body, shape, physical) as { bytes: Uint8Array }
  const all = new Uint8Array((count + 1) * shape.width + slack)
  all.set(bytes)
  const values = all.subarray(0, (count + 1) * shape.width)
  return withColumn(column, { count, bytes: values, offsets: null, nullable, longest: 0 })
}

function textDictionary(body: Body, column: PageColumn, text: boolean, nullable: boolean): Dictionary {
  const { count } = body
  const texts = plainTexts(encoding.plain, body)
  const { starts } = texts
  const offsets = new Int32Array(count + 2)
  let longest = 0
  for (let i = 0; i < count; i++) {
    const length = (starts[i + 1] as number) - 4 - (starts[i] as number)
    longest = Math.max(longest, length)
    offsets[i + 1] = (offsets[i] as number) + length
  }
  const total = (offsets[count + 1] = offsets[count] as number)
  const all = new Uint8Array(total + slack)
  copyTexts(all, offsets, 0, texts.bytes, starts, 4, 0, count)
  const bytes = all.subarray(0, total)
  if (text && !areTexts(bytes, offsets, count)) notOurs('texts that are not UTF-8')
  return withColumn(column, { count, bytes, offsets, nullable, longest })
}

function withColumn({ value: type }: PageColumn, values: Omit<Dictionary, 'column'>): Dictionary {
  const made: (Column | undefined)[] = []
  return {
    ...values,
    column: (scope, nullable) => (made[nullable ? 1 : 0] ??= columnOf(scope, type, values, nullable)),
  }
}

function columnOf(
  scope: Scope,
  type: Column['type'],
  { count, bytes, offsets }: Omit<Dictionary, 'column'>,
  nullable: boolean,
): Column {
  const length = count + (nullable ? 1 : 0)
  const base = { type, length, nulls: nullable ? 1 : 0, validity: nullable ? allButLast(scope, length) : null }
  if (offsets) {
    const shared = scope.allocate(Int32Array, length + 1)
    shared.set(offsets.subarray(0, length + 1))
    const values = scope.allocate(Uint8Array, bytes.length)
    values.set(bytes)
    return { ...base, offsets: shared, values, children: [] }
  }
  const { array, perRow } = layout(type) as NonNullable<ReturnType<typeof layout>>
  const values = scope.allocate(array, length * perRow)
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength).set(bytes.subarray(0, values.byteLength))
  return { ...base, offsets: null, values, children: [] }
}

function allButLast(scope: Scope, length: number): Uint8Array {
  const bits = scope.bits(length)
  for (let row = 0; row < length - 1; row++) setBit(bits, row)
  return bits
}
