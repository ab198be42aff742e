import { Bytes, escapes, putUtf8 } from './bytes.ts'

/** Where and why bytes are not the JSON that was wanted. */
export interface Misread {
  readonly code: 'bad-json' | 'wrong-type'
  readonly message: string
  /** The place in the bytes. */
  readonly at: number
  /** The path of the column at fault: `address.zip`. */
  readonly column?: string
}

/** Arrays and objects inside each other, at most. */
const deepest = 512
const powers = Float64Array.from({ length: 23 }, (_, exponent) => 10 ** exponent)

/**
 * Reads JSON (RFC 8259, strictly) from bytes, one token at a time. Each function that reads returns false where the
 * bytes are not what it reads, and `misread` says why; a failed read is final. Exceptions would cost more than the row.
 */
export class Scanner {
  bytes: Buffer = Buffer.alloc(0)
  at = 0
  end = 0
  misread: Misread | null = null
  /** The last number: its value, whether it was written as a whole number, and whether the value is exact. */
  number = 0
  whole = false
  exact = false
  #depth = 0

  /** Begins with other bytes. */
  begin(bytes: Buffer, start: number, end: number): void {
    this.bytes = bytes
    this.at = start
    this.end = end
    this.misread = null
    this.#depth = 0
  }

  fail(message: string, at = this.at): false {
    this.misread ??= { code: 'bad-json', message, at }
    return false
  }

  /** The value at `start` is JSON, but of another type than the column; skips it to quote it. */
  wrongType(column: string, wanted: string, start: number): false {
    this.at = start
    if (!this.skipValue()) return false
    const long = this.at - start > 60
    const text = this.bytes.toString('utf8', start, long ? start + 60 : this.at)
    this.misread = {
      code: 'wrong-type',
      message: `${column ? '' : 'the row '}${text}${long ? '…' : ''} is not ${wanted}`,
      at: start,
      column,
    }
    return false
  }

  /** The next byte that is not blank, or 0 at the end. */
  peek(): number {
    const { bytes, end } = this
    let at = this.at
    while (at < end) {
      const byte = bytes[at] as number
      if (byte !== 32 && byte !== 10 && byte !== 13 && byte !== 9) {
        this.at = at
        return byte
      }
      at++
    }
    this.at = at
    return 0
  }

  /** True where only blanks are left. */
  ended(): boolean {
    this.peek()
    return this.at >= this.end || this.fail('there is text after the value')
  }

  /** Takes a character that must come next. */
  take(byte: number): boolean {
    if (this.peek() !== byte || this.at >= this.end) return this.expected(`"${String.fromCharCode(byte)}"`)
    this.at++
    return true
  }

  expected(what: string): false {
    if (this.at >= this.end) return this.fail(`the text ends where ${what} must come`)
    const start = this.at
    const found = this.bytes.toString('utf8', start, Math.min(this.end, start + 12)).split('\n')[0]
    return this.fail(`${what} must come where "${found}" stands`)
  }

  /** Takes `true`, `false` or `null`. */
  word(word: 'true' | 'false' | 'null'): boolean {
    const end = this.at + word.length
    for (let i = 0; i < word.length; i++)
      if (this.bytes[this.at + i] !== word.charCodeAt(i) || end > this.end) return this.expected('a value')
    this.at = end
    return true
  }

  /** Goes into an array or object. */
  enter(): boolean {
    this.at++
    return ++this.#depth <= deepest || this.fail(`arrays and objects are more than ${deepest} deep`)
  }

  leave(): void {
    this.#depth--
  }

  /** Takes a number into `number`, `whole` and `exact`. */
  takeNumber(): boolean {
    const { bytes, end } = this
    const start = this.at
    let at = start
    let digits = 0
    let scale = 0
    const negative = bytes[at] === 45
    if (negative) at++
    let byte = at < end ? (bytes[at] as number) : 0
    if (byte === 48) byte = ++at < end ? (bytes[at] as number) : 0
    else if (byte > 48 && byte <= 57) {
      while (byte >= 48 && byte <= 57) {
        digits = digits * 10 + byte - 48
        byte = ++at < end ? (bytes[at] as number) : 0
      }
    } else return this.expected('a value')
    this.whole = byte !== 46 && (byte | 32) !== 101
    if (byte === 46) {
      const first = ++at
      byte = at < end ? (bytes[at] as number) : 0
      while (byte >= 48 && byte <= 57) {
        digits = digits * 10 + byte - 48
        byte = ++at < end ? (bytes[at] as number) : 0
      }
      if (at === first) return this.fail('a digit must follow the decimal point', at)
      scale = first - at
    }
    if ((byte | 32) === 101) {
      byte = ++at < end ? (bytes[at] as number) : 0
      const less = byte === 45
      if (less || byte === 43) byte = ++at < end ? (bytes[at] as number) : 0
      const first = at
      let exponent = 0
      while (byte >= 48 && byte <= 57) {
        if (exponent < 100_000) exponent = exponent * 10 + byte - 48
        byte = ++at < end ? (bytes[at] as number) : 0
      }
      if (at === first) return this.fail('a digit must follow the exponent', at)
      scale += less ? -exponent : exponent
    }
    this.at = at
    this.exact = digits <= Number.MAX_SAFE_INTEGER
    // Digits and a power of ten that are both exact give the nearest double with one operation (Clinger 1990).
    if (this.exact && scale >= -22 && scale <= 22) {
      const value = scale < 0 ? digits / (powers[-scale] as number) : digits * (powers[scale] as number)
      this.number = negative ? -value : value
    } else this.number = Number(bytes.toString('latin1', start, at))
    return true
  }

  /** Takes a text, its quote next, and adds its UTF-8 to `into`. */
  takeText(into: Bytes): boolean {
    const { bytes, end } = this
    let at = this.at + 1
    into.room(end - at + 4)
    const to = into.bytes
    let put = into.end
    while (at < end) {
      const byte = bytes[at++] as number
      if (byte === 34) {
        this.at = at
        into.end = put
        return true
      }
      if (byte === 92) {
        this.at = at
        put = this.#takeEscape(to, put)
        if (put < 0) return false
        at = this.at
      } else if (byte < 32)
        return this.fail(`the control character ${byte} stands in a text; it must be escaped`, at - 1)
      else to[put++] = byte
    }
    return this.fail('a text has no closing quote', end)
  }

  /** Takes what follows a backslash; the place behind it, or -1. */
  #takeEscape(to: Uint8Array, put: number): number {
    const byte = this.at < this.end ? (this.bytes[this.at++] as number) : 0
    if (byte !== 117) {
      const plain = escapes[byte] as number
      if (plain === 0) {
        this.fail('a backslash is followed by none of " \\ / b f n r t u', this.at - 1)
        return -1
      }
      to[put] = plain
      return put + 1
    }
    let code = this.#takeHex()
    if (code >= 0xd800 && code < 0xdc00 && this.bytes[this.at] === 92 && this.bytes[this.at + 1] === 117) {
      this.at += 2
      const low = this.#takeHex()
      code = low >= 0xdc00 && low < 0xe000 ? 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00) : code
    }
    if (code < 0 || (code >= 0xd800 && code < 0xe000)) {
      this.fail(
        code < 0 ? '\\u is not followed by four hexadecimal digits' : 'half a surrogate pair (\\ud8xx) is no character',
      )
      return -1
    }
    return putUtf8(to, put, code)
  }

  #takeHex(): number {
    if (this.at + 4 > this.end) return -1
    let code = 0
    for (let i = 0; i < 4; i++) {
      const byte = this.bytes[this.at + i] as number
      const digit = byte <= 57 ? byte - 48 : (byte | 32) >= 97 ? (byte | 32) - 87 : -1
      if (digit < 0 || digit > 15) return -1
      code = code * 16 + digit
    }
    this.at += 4
    return code
  }

  /** Checks a value and passes it by. */
  skipValue(): boolean {
    const byte = this.peek()
    if (byte === 34) return this.#skipText()
    if (byte === 123) return this.#skipObject()
    if (byte === 91) return this.#skipArray()
    if (byte === 116) return this.word('true')
    if (byte === 102) return this.word('false')
    if (byte === 110) return this.word('null')
    return this.takeNumber()
  }

  #skipText(): boolean {
    scratch.end = 0
    return this.takeText(scratch)
  }

  #skipArray(): boolean {
    if (!this.enter()) return false
    if (this.peek() === 93) this.at++
    else
      for (let more = true; more; ) {
        if (!this.skipValue()) return false
        const byte = this.peek()
        if (byte !== 44 && byte !== 93) return this.expected('"," or "]"')
        this.at++
        more = byte === 44
      }
    this.leave()
    return true
  }

  #skipObject(): boolean {
    if (!this.enter()) return false
    if (this.peek() === 125) this.at++
    else
      for (let more = true; more; ) {
        if (this.peek() !== 34) return this.expected('a name in quotes')
        if (!this.#skipText() || !this.take(58) || !this.skipValue()) return false
        const byte = this.peek()
        if (byte !== 44 && byte !== 125) return this.expected('"," or "}"')
        this.at++
        more = byte === 44
      }
    this.leave()
    return true
  }
}

const scratch = new Bytes()
