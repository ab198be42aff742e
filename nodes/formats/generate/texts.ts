import type { Scope } from '@headrace/runtime/sdk'
import { random } from './hash.ts'
import type { Kind } from './kinds.ts'
import { wordBytes } from './words.ts'

type TextKind = Extract<Kind, { kind: 'words' | 'text' | 'sentence' | 'uuid' | 'choice' }>

/** Bytes that rows are written into; one for the thread, since nothing waits between its rows. */
let bytes = new Uint8Array(1 << 16)
let end = 0

/** Offsets and bytes of made-up texts. */
export function texts(scope: Scope, kind: TextKind, seed: number, first: number, rows: number) {
  const offsets = scope.allocate(Int32Array, rows + 1)
  const write = writerOf(kind, seed)
  end = offsets[0] = 0
  for (let row = 0; row < rows; row++) {
    write(first + row)
    offsets[row + 1] = end
  }
  const values = scope.allocate(Uint8Array, end)
  values.set(bytes.subarray(0, end))
  return { offsets, values }
}

function writerOf(kind: TextKind, seed: number): (row: number) => void {
  switch (kind.kind) {
    case 'words':
      return (row) => void putWords(seed, row, 1, kind.least + (random(seed, row, 0) % (kind.most - kind.least + 1)))
    case 'sentence':
      return (row) => void putSentence(seed, row, 0)
    case 'text':
      return (row) => putText(seed, row, kind.least + (random(seed, row, 0) % (kind.most - kind.least + 1)))
    case 'uuid':
      return (row) => putUuid(seed, row)
    case 'choice': {
      const options = kind.options.map((option) => new TextEncoder().encode(option))
      return (row) => put(options[random(seed, row, 0) % options.length] as Uint8Array)
    }
  }
}

function room(count: number): void {
  if (end + count <= bytes.length) return
  const larger = new Uint8Array(Math.max(bytes.length * 2, end + count))
  larger.set(bytes.subarray(0, end))
  bytes = larger
}

function put(part: Uint8Array): void {
  room(part.length)
  // Words are short: a loop is quicker than `set`.
  for (let i = 0; i < part.length; i++) bytes[end++] = part[i] as number
}

function putByte(byte: number): void {
  room(1)
  bytes[end++] = byte
}

/** Writes words, from one draw on; the draw after them. */
function putWords(seed: number, row: number, draw: number, count: number): number {
  for (let i = 0; i < count; i++) {
    if (i > 0) putByte(32)
    put(wordBytes[random(seed, row, draw + i) % wordBytes.length] as Uint8Array)
  }
  return draw + count
}

function putSentence(seed: number, row: number, draw: number): number {
  const start = end
  const next = putWords(seed, row, draw + 1, 5 + (random(seed, row, draw) % 11))
  const letter = bytes[start] as number
  if (letter >= 97 && letter <= 122) bytes[start] = letter - 32
  putByte(46)
  return next
}

/** Sentences up to a number of bytes; the last one is cut, never inside a character. */
function putText(seed: number, row: number, length: number): void {
  const start = end
  for (let draw = 1; end - start < length; ) {
    if (end > start) putByte(32)
    draw = putSentence(seed, row, draw)
  }
  end = start + length
  let lead = end
  while (lead > start && ((bytes[lead] as number) & 0xc0) === 0x80) lead--
  if (lead === end) return
  // The bytes of the character that does not fit become full stops, so that the length stays.
  bytes.fill(46, lead, end)
}

const hexDigits = new TextEncoder().encode('0123456789abcdef')

function putUuid(seed: number, row: number): void {
  room(36)
  for (let digit = 0, bits = 0; digit < 32; digit++) {
    if (digit % 8 === 0) bits = random(seed, row, digit / 8)
    let value = (bits >>> ((digit % 8) * 4)) & 15
    if (digit === 12) value = 4
    if (digit === 16) value = (value & 3) | 8
    if (digit === 8 || digit === 12 || digit === 16 || digit === 20) bytes[end++] = 45
    bytes[end++] = hexDigits[value] as number
  }
}
