import { type ThriftStruct, type ThriftValue, thrift } from '../thrift.ts'

/** A field of a Thrift struct: its type's code and its value. */
type ThriftField = { readonly type: number; readonly value: ThriftValue }

/** A struct by its fields' ids; what is undefined is absent. */
export function structOf(fields: Readonly<Record<number, ThriftField | undefined>>): ThriftStruct {
  const struct: ThriftStruct = new Map()
  for (const [id, field] of Object.entries(fields)) if (field) struct.set(Number(id), field)
  return struct
}

export const i16 = (value: number): ThriftField => ({ type: thrift.i16, value })
export const i32 = (value: number): ThriftField => ({ type: thrift.i32, value })
export const i64 = (value: number): ThriftField => ({ type: thrift.i64, value })
export const bool = (value: boolean): ThriftField => ({ type: thrift.true, value })
export const i8 = (value: number): ThriftField => ({ type: thrift.byte, value })
export const binary = (value: Uint8Array): ThriftField => ({ type: thrift.binary, value })
export const text = (value: string): ThriftField => binary(Buffer.from(value))
export const struct = (value: ThriftStruct): ThriftField => ({ type: thrift.struct, value })

const listOf =
  (item: number) =>
  (values: ThriftValue[]): ThriftField => ({ type: thrift.list, value: { item, values } })
export const i32s: (values: number[]) => ThriftField = listOf(thrift.i32)
export const i64s: (values: number[]) => ThriftField = listOf(thrift.i64)
export const structs: (values: ThriftStruct[]) => ThriftField = listOf(thrift.struct)
export const texts = (values: readonly string[]): ThriftField =>
  listOf(thrift.binary)(values.map((value) => Buffer.from(value)))
