import { isAscii, isUtf8 } from 'node:buffer'

/** Whether each of the texts that lie one after the other in `bytes`, text i from `offsets[i]`, is UTF-8 by itself. */
export function areTexts(bytes: Uint8Array, offsets: Int32Array, count: number): boolean {
  if (isAscii(bytes)) return true
  if (!isUtf8(bytes)) return false
  // All of them are UTF-8, so that each is where none begins inside of a character.
  for (let i = 0; i < count; i++) if (((bytes[offsets[i] as number] ?? 0) & 0xc0) === 0x80) return false
  return true
}
