import { type Code, type Label, signed, signedLong, type Type, unsigned, valueTypes } from './assembler.ts'

const noResult = 0x40

const inBlock = (open: number, body: (label: Label) => Code): Code => {
  const label = { name: open === 0x03 ? 'loop' : 'block' }
  return { open, result: noResult, label, body: body(label) }
}

/** A branch to a block's label goes behind it. */
export const block = (body: (exit: Label) => Code): Code => inBlock(0x02, body)
/** A branch to a loop's label goes to its start; without one it ends. */
export const loop = (body: (again: Label) => Code): Code => inBlock(0x03, body)
export const br = (to: Label): Code => ({ jump: 0x0c, to })
export const brIf = (to: Label, condition: Code): Code => [condition, { jump: 0x0d, to }]
/** With `result`, both branches leave a value of that type. */
export const when = (condition: Code, then: Code, otherwise?: Code, result?: Type): Code => [
  condition,
  { open: 0x04, result: result ? valueTypes[result] : noResult, label: { name: 'if' }, body: then, otherwise },
]
export const repeat = (condition: Code, body: Code): Code => loop((again) => when(condition, [body, br(again)]))
export const give = (value: Code): Code => [value, 0x0f]
/** One of two values, both worked out. */
export const select = (then: Code, otherwise: Code, condition: Code): Code => [then, otherwise, condition, 0x1b]
export const drop = (value: Code): Code => [value, 0x1a]
/** Copies `count` bytes. */
export const copy = (to: Code, from: Code, count: Code): Code => [to, from, count, 0xfc, 0x0a, 0, 0]

const one =
  (op: number) =>
  (a: Code): Code => [a, op]
const two =
  (op: number) =>
  (a: Code, b: Code): Code => [a, b, op]
const load =
  (op: number) =>
  (address: Code, offset = 0): Code => [address, op, 0, unsigned(offset)]
const store =
  (op: number) =>
  (address: Code, value: Code, offset = 0): Code => [address, value, op, 0, unsigned(offset)]
const simd = (op: number): number[] => [0xfd, ...unsigned(op)]

export const i32 = {
  of: (value: number): Code => [0x41, signed(value | 0)],
  eqz: one(0x45),
  eq: two(0x46),
  ne: two(0x47),
  ltS: two(0x48),
  ltU: two(0x49),
  gtS: two(0x4a),
  gtU: two(0x4b),
  leS: two(0x4c),
  leU: two(0x4d),
  geS: two(0x4e),
  geU: two(0x4f),
  ctz: one(0x68),
  clz: one(0x67),
  popcnt: one(0x69),
  add: two(0x6a),
  sub: two(0x6b),
  mul: two(0x6c),
  divU: two(0x6e),
  and: two(0x71),
  or: two(0x72),
  xor: two(0x73),
  shl: two(0x74),
  shrS: two(0x75),
  shrU: two(0x76),
  fromI64: one(0xa7),
  truncF64: one(0xaa),
  load: load(0x28),
  load8: load(0x2d),
  load16: load(0x2f),
  store: store(0x36),
  store8: store(0x3a),
  store16: store(0x3b),
}

export const i64 = {
  of: (value: bigint): Code => [0x42, signedLong(BigInt.asIntN(64, value))],
  eqz: one(0x50),
  clz: one(0x79),
  eq: two(0x51),
  ne: two(0x52),
  ltU: two(0x54),
  gtU: two(0x56),
  leU: two(0x58),
  geU: two(0x5a),
  ltS: two(0x53),
  add: two(0x7c),
  sub: two(0x7d),
  mul: two(0x7e),
  divU: two(0x80),
  and: two(0x83),
  or: two(0x84),
  xor: two(0x85),
  shl: two(0x86),
  shrS: two(0x87),
  shrU: two(0x88),
  fromS32: one(0xac),
  fromU32: one(0xad),
  truncF64: one(0xb0),
  load: load(0x29),
  store: store(0x37),
}

export const f64 = {
  eq: two(0x61),
  ne: two(0x62),
  lt: two(0x63),
  gt: two(0x64),
  le: two(0x65),
  ge: two(0x66),
  abs: one(0x99),
  neg: one(0x9a),
  nearest: one(0x9e),
  add: two(0xa0),
  sub: two(0xa1),
  mul: two(0xa2),
  div: two(0xa3),
  fromI64: one(0xb9),
  bits: one(0xbd),
  of: (value: number): Code => [0x44, [...new Uint8Array(Float64Array.of(value).buffer)]],
  load: load(0x2b),
  store: store(0x39),
}

const simdTwo =
  (op: number) =>
  (a: Code, b: Code): Code => [a, b, simd(op)]

/** Sixteen bytes at once. */
export const v128 = {
  load: (address: Code, offset = 0): Code => [address, simd(0x00), 0, unsigned(offset)],
  store: (address: Code, value: Code, offset = 0): Code => [address, value, simd(0x0b), 0, unsigned(offset)],
  splat: (byte: number): Code => [simd(0x0c), Array.from({ length: 16 }, () => byte)],
  eq: simdTwo(0x23),
  ltU: simdTwo(0x26),
  and: simdTwo(0x4e),
  or: simdTwo(0x50),
  xor: simdTwo(0x51),
  /** Whether any bit is 1. */
  any: (value: Code): Code => [value, simd(0x53)],
  /** Eight of the bytes, from number `8 * lane` on. */
  long: (value: Code, lane: 0 | 1): Code => [value, simd(0x1d), lane],
  /** A bit a byte, from its highest bit. */
  mask: (value: Code): Code => [value, simd(0x64)],
}

/** Four or two floats at once: the second one where it is less, or greater, else the first, so also beside a not-a-number. */
const floats = (lesser: number, greater: number) => ({ lesser: simdTwo(lesser), greater: simdTwo(greater) })
export const f32x4 = floats(0xea, 0xeb)
export const f64x2 = floats(0xf6, 0xf7)
