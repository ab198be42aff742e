import type { Code } from '../../wasm/assembler.ts'
import { give, i32 } from '../../wasm/instructions.ts'
import { node } from './nodes.ts'

/** Whether a byte is a character. */
export const is = (byte: Code, char: string): Code => i32.eq(byte, i32.of(char.charCodeAt(0)))
export const add = (a: Code, count: number): Code => i32.add(a, i32.of(count))
/** Ends a function that gives the place behind what it read: the row is not for the kernel. */
export const fail = give(i32.of(0))

/** Begins a node's next value; `place` becomes its place. */
export const begin = (of: Code, present: 0 | 1, place: { get: Code; set: (value: Code) => Code }): Code => [
  place.set(i32.load(of, node.count)),
  i32.store8(i32.add(i32.load(of, node.present), place.get), i32.of(present)),
  i32.store(of, add(place.get, 1), node.count),
]

/** The address of a node's value; its bytes are a power of two. */
export const slot = (of: Code, place: Code, power: number): Code =>
  i32.add(i32.load(of, node.values), i32.shl(place, i32.of(power)))
