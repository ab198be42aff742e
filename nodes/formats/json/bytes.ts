/** Bytes that grow; `end` is how many there are. */
export class Bytes {
  bytes = new Uint8Array(1024)
  end = 0

  room(count: number): void {
    if (this.bytes.length - this.end >= count) return
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.end + count))
    larger.set(this.bytes.subarray(0, this.end))
    this.bytes = larger
  }
}

/** What stands for a character after a backslash; 0: nothing. */
export const escapes = new Uint8Array(256)
for (const [name, code] of Object.entries({ '"': 34, '\\': 92, '/': 47, b: 8, f: 12, n: 10, r: 13, t: 9 }))
  escapes[name.charCodeAt(0)] = code

/** Writes a character as UTF-8; gives the place behind it. */
export function putUtf8(to: Uint8Array, put: number, code: number): number {
  if (code < 0x80) to[put++] = code
  else {
    if (code < 0x800) to[put++] = 0xc0 | (code >> 6)
    else {
      if (code < 0x10000) to[put++] = 0xe0 | (code >> 12)
      else {
        to[put++] = 0xf0 | (code >> 18)
        to[put++] = 0x80 | ((code >> 12) & 63)
      }
      to[put++] = 0x80 | ((code >> 6) & 63)
    }
    to[put++] = 0x80 | (code & 63)
  }
  return put
}
