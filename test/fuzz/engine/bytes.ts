import type { Random } from './random.ts'

/** No input grows beyond this many bytes: a hang or a memory peak on a small input is what is looked for. */
export const mostBytes = 16_384

/** One mutation of bytes: flips, numbers at their borders, cuts, repeats, words of the format, parts of another input. */
export function mutateBytes(input: Buffer, random: Random, words: readonly string[], other: Buffer): Buffer {
  const made = random.pick(ways)(input, random, words, other)
  return made.length > mostBytes ? made.subarray(0, mostBytes) : made
}

type Way = (input: Buffer, random: Random, words: readonly string[], other: Buffer) => Buffer

const borders = [0, 1, -1, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, -0x80000000]

const flipBit: Way = (input, random) =>
  changed(input, random, (bytes, at) => (bytes[at] = (bytes[at] as number) ^ (1 << random.below(8))))
const setByte: Way = (input, random) => changed(input, random, (bytes, at) => (bytes[at] = random.below(256)))
const addToByte: Way = (input, random) =>
  changed(input, random, (bytes, at) => (bytes[at] = (bytes[at] as number) + random.below(17) - 8))

const setNumber: Way = (input, random) => {
  const size = random.pick([2, 4, 8])
  if (input.length < size) return input
  const bytes = Buffer.from(input)
  const at = random.below(input.length - size + 1)
  const value = random.pick(borders)
  if (size === 2) bytes.writeUInt16LE(value & 0xffff, at)
  else if (size === 4) bytes.writeInt32LE(value | 0, at)
  else bytes.writeBigInt64LE(BigInt(value) << BigInt(random.pick([0, 0, 16, 32])), at)
  return bytes
}

const insertWord: Way = (input, random, words) =>
  words.length ? spliced(input, random, 0, Buffer.from(random.pick(words))) : input
const replaceByWord: Way = (input, random, words) =>
  words.length ? spliced(input, random, 1 + random.below(8), Buffer.from(random.pick(words))) : input
const insertBytes: Way = (input, random) =>
  spliced(input, random, 0, Buffer.from(Array.from({ length: 1 + random.below(8) }, () => random.below(256))))
const removeBytes: Way = (input, random) =>
  spliced(input, random, 1 + random.below(Math.max(1, input.length >> random.below(6))), Buffer.alloc(0))

/** A piece again, up to many times: what nests or repeats is written deeper or wider than anybody would. */
const repeat: Way = (input, random) => {
  const start = random.below(input.length + 1)
  const piece = input.subarray(start, start + 1 + random.below(random.chance(0.5) ? 4 : 64))
  const times = random.chance(0.1) ? 2000 : 1 + random.below(16)
  const most = Math.max(0, mostBytes - input.length)
  const many = Buffer.concat(Array.from({ length: times }, () => piece)).subarray(0, most)
  return Buffer.concat([input.subarray(0, start), many, input.subarray(start)])
}

const cut: Way = (input, random) => input.subarray(0, random.below(input.length + 1))

const swap: Way = (input, random) => {
  const [a, b] = [random.below(input.length + 1), random.below(input.length + 1)]
  const size = 1 + random.below(16)
  const bytes = Buffer.from(input)
  input.copy(bytes, b, a, Math.min(a + size, input.length))
  return bytes
}

const cross: Way = (input, random, _, other) => {
  const from = random.below(other.length + 1)
  return spliced(input, random, random.below(16), other.subarray(from, from + 1 + random.below(256)))
}

const ways: readonly Way[] = [
  flipBit,
  setByte,
  addToByte,
  setNumber,
  insertWord,
  insertWord,
  replaceByWord,
  insertBytes,
  removeBytes,
  repeat,
  cut,
  swap,
  cross,
]

function changed(input: Buffer, random: Random, change: (bytes: Buffer, at: number) => void): Buffer {
  if (input.length === 0) return Buffer.from([random.below(256)])
  const bytes = Buffer.from(input)
  change(bytes, random.below(bytes.length))
  return bytes
}

function spliced(input: Buffer, random: Random, removed: number, added: Buffer): Buffer {
  const at = random.below(input.length + 1)
  return Buffer.concat([input.subarray(0, at), added, input.subarray(Math.min(at + removed, input.length))])
}
