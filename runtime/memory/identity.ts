import { type Chosen, passingRows } from './bits.ts'
import { finished, hashOfNumber, mixPlace, second, sumOfChosen, sumOfNumbers, sumOfRange } from './rowhash.ts'

/** Where rows come from: a source node and a path inside it. One object a file, shared by its batches. */
export interface Origin {
  readonly node: string
  /** The file, relative to the pipeline where it can be; '' for a source without files. */
  readonly path: string
  /** What stands in the place of the path in a row's text, from row number `first` on: an aggregate names its groups. */
  readonly names?: { readonly first: number; readonly texts: readonly string[] }
}

/** The origins of rows that were put together from several files (a sort): row `i` comes from `origins[which[i]]`. */
export interface MixedOrigins {
  readonly origins: readonly Origin[]
  readonly which: Uint32Array
}

/** A sum of row hashes that does not depend on their order: two 32-bit sums, wrapped. */
export interface Checksum {
  readonly a: number
  readonly b: number
}

export const emptyChecksum: Checksum = { a: 0, b: 0 }
export const addChecksums = (x: Checksum, y: Checksum): Checksum => ({ a: (x.a + y.a) | 0, b: (x.b + y.b) | 0 })
export const subtractChecksums = (x: Checksum, y: Checksum): Checksum => ({ a: (x.a - y.a) | 0, b: (x.b - y.b) | 0 })
export const sameChecksum = (x: Checksum, y: Checksum): boolean => x.a === y.a && x.b === y.b

interface Kept {
  readonly bits: Uint8Array
  readonly of: number
}

/**
 * Which row of which file each row of a batch is. Never changes; batches that keep the same rows share it, so its
 * checksum is computed once.
 */
export class Identity {
  /** Of all rows, or of the first one where `origins` has one for each. */
  readonly origin: Origin
  readonly origins: MixedOrigins | null
  readonly rows: number
  /** One level for each chunk or explode that the rows went through, outermost first: the piece's place, from 0. */
  readonly children: readonly Uint32Array[]
  /** The ways taken where a row left a node by two ways. */
  readonly branch: string
  #numbers: Float64Array | number
  /** Of rows whose numbers follow one another from `#numbers`, those with a bit set are these; null: all. */
  #kept: Kept | null = null
  #checksum: Checksum | undefined

  constructor(
    from: Origin | MixedOrigins,
    rows: number,
    numbers: Float64Array | number,
    children: readonly Uint32Array[] = [],
    branch = '',
  ) {
    this.origins = 'which' in from ? from : null
    this.origin = 'which' in from ? (from.origins[from.which[0] ?? 0] ?? nowhere) : from
    this.rows = rows
    this.#numbers = numbers
    this.children = children
    this.branch = branch
  }

  originOf(row: number): Origin {
    return this.origins ? (this.origins.origins[this.origins.which[row] as number] as Origin) : this.origin
  }

  /** Row numbers in the file, from 1, a header not counted; a number where they follow one another from it. */
  get numbers(): Float64Array | number {
    if (this.#kept) this.#numbers = numbersOf(this.#numbers as number, this.#kept, this.rows)
    this.#kept = null
    return this.#numbers
  }

  number(row: number): number {
    const { numbers } = this
    return typeof numbers === 'number' ? numbers + row : (numbers[row] as number)
  }

  /** `emoji : emoji.csv : 17 . 3 @ branch`, as dead letters and `trace` write it. */
  text(row: number): string {
    const children = this.children.map((level) => `.${level[row]}`).join('')
    const branch = this.branch && `@${this.branch}`
    const { node, path, names } = this.originOf(row)
    const number = this.number(row)
    return `${node}:${names?.texts[number - names.first] ?? path}:${number}${children}${branch}`
  }

  take(rows: Int32Array): Identity {
    const numbers = new Float64Array(rows.length)
    const from = this.numbers
    if (typeof from === 'number') for (let i = 0; i < rows.length; i++) numbers[i] = from + (rows[i] as number)
    else for (let i = 0; i < rows.length; i++) numbers[i] = from[rows[i] as number] as number
    const children = this.children.map((level) => placesAt(level, rows))
    return new Identity(this.#from(rows), rows.length, numbers, children, this.branch)
  }

  /** The chosen rows, whose bits stay as they are. Their numbers are made when somebody asks for them. */
  where({ bits, rows, fewer }: Chosen): Identity {
    if (rows.length === this.rows) return this
    const ranged = this.#plain && typeof this.numbers === 'number'
    const kept = ranged ? new Identity(this.origin, rows.length, this.numbers, [], this.branch) : this.take(rows)
    if (ranged) kept.#kept = { bits, of: this.rows }
    const sum = this.#sumOf(fewer)
    kept.#checksum = fewer === rows ? sum : subtractChecksums(this.checksum, sum)
    return kept
  }

  /** The checksum of the `rows` rows whose bits are set: from those or from the others, whichever are fewer. */
  checksumWhere(bits: Uint8Array, rows: number): Checksum {
    if (rows * 2 <= this.rows) return this.#sumOf(passingRows(bits, this.rows))
    return subtractChecksums(this.checksum, this.#sumOf(passingRows(bits, this.rows, 255)))
  }

  slice(start: number, end: number): Identity {
    const numbers = typeof this.numbers === 'number' ? this.numbers + start : this.numbers.subarray(start, end)
    const children = this.children.map((level) => level.subarray(start, end))
    const { origins } = this
    const from = origins ? { ...origins, which: origins.which.subarray(start, end) } : this.origin
    return new Identity(from, end - start, numbers, children, this.branch)
  }

  /** The identity of pieces: `parents[i]` is the row that piece i comes from. Pieces of one parent follow each other. */
  explode(parents: Int32Array): Identity {
    const numbers = new Float64Array(parents.length)
    const place = new Uint32Array(parents.length)
    for (let i = 0; i < parents.length; i++) {
      numbers[i] = this.number(parents[i] as number)
      place[i] = i > 0 && parents[i] === parents[i - 1] ? (place[i - 1] as number) + 1 : 0
    }
    const children = this.children.map((level) => placesAt(level, parents))
    return new Identity(this.#from(parents), parents.length, numbers, [...children, place], this.branch)
  }

  #from(rows: Int32Array): Origin | MixedOrigins {
    return this.origins ? { ...this.origins, which: placesAt(this.origins.which, rows) } : this.origin
  }

  onBranch(name: string): Identity {
    const branch = this.branch ? `${this.branch}/${name}` : name
    const copy = new Identity(this.origins ?? this.origin, this.rows, this.#numbers, this.children, branch)
    copy.#kept = this.#kept
    copy.#checksum = this.#checksum
    return copy
  }

  /** The sum over the rows' hashes; the branch does not count, so that both ways of a fan-out compare. */
  get checksum(): Checksum {
    return (this.#checksum ??= this.#sum())
  }

  /** Each row's part of the checksum: whoever stages rows can add up any of them later, wrapped to 32 bits. */
  hashes(): { readonly a: Int32Array; readonly b: Int32Array } {
    const a = new Int32Array(this.rows)
    const b = new Int32Array(this.rows)
    const seeds = this.#seeds()
    for (let row = 0; row < this.rows; row++) {
      const hash = this.#hash(seeds(row), row)
      a[row] = hash
      b[row] = second(hash)
    }
    return { a, b }
  }

  /** Rows of one file that are no pieces: nearly all are. */
  get #plain(): boolean {
    return !this.origins && this.children.length === 0
  }

  #sum(): Checksum {
    if (!this.#plain) return this.#sumOf(null)
    const [seed, { numbers, rows }] = [originHash(this.origin), this]
    return typeof numbers === 'number' ? sumOfRange(seed, numbers, rows) : sumOfNumbers(seed, numbers.subarray(0, rows))
  }

  /** Of some rows; null: of all. */
  #sumOf(rows: Int32Array | null): Checksum {
    const { numbers } = this
    if (this.#plain && typeof numbers === 'number' && rows) return sumOfChosen(originHash(this.origin), numbers, rows)
    const seeds = this.#seeds()
    const count = rows ? rows.length : this.rows
    let a = 0
    let b = 0
    for (let i = 0; i < count; i++) {
      const row = rows ? (rows[i] as number) : i
      const hash = this.#hash(seeds(row), row)
      a = (a + hash) | 0
      b = (b + second(hash)) | 0
    }
    return { a, b }
  }

  #seeds(): (row: number) => number {
    const { origins } = this
    if (!origins) {
      const seed = originHash(this.origin)
      return () => seed
    }
    const seeds = origins.origins.map(originHash)
    return (row) => seeds[origins.which[row] as number] as number
  }

  #hash(seed: number, row: number): number {
    let hash = hashOfNumber(seed, this.number(row))
    for (const level of this.children) hash = mixPlace(hash, level[row] as number)
    return finished(hash)
  }
}

const nowhere: Origin = { node: '', path: '' }

/** The parts of an identity's text; null where it is none. */
export function readIdentity(
  text: string,
): { node: string; path: string; number: number; children: number[]; branch: string } | null {
  const parts = /^([a-z][a-z0-9_-]*):(.*):(\d+)((?:\.\d+)*)(?:@(.*))?$/s.exec(text)
  if (!parts) return null
  const [, node = '', path = '', number, children = '', branch = ''] = parts
  return { node, path, number: Number(number), children: children.split('.').slice(1).map(Number), branch }
}

function numbersOf(first: number, { bits, of }: Kept, rows: number): Float64Array {
  // One more, as each row is written and counts when its bit says so.
  const numbers = new Float64Array(rows + 1)
  for (let row = 0, count = 0; row < of; row++) {
    numbers[count] = first + row
    count += ((bits[row >> 3] as number) >> (row & 7)) & 1
  }
  return numbers.subarray(0, rows)
}

function placesAt(level: Uint32Array, rows: Int32Array): Uint32Array {
  const places = new Uint32Array(rows.length)
  for (let i = 0; i < rows.length; i++) places[i] = level[rows[i] as number] as number
  return places
}

const originHashes = new WeakMap<Origin, number>()

function originHash(origin: Origin): number {
  let hash = originHashes.get(origin)
  if (hash === undefined) {
    hash = 0x811c9dc5
    for (const char of `${origin.node}\n${origin.path}`)
      hash = Math.imul(hash ^ (char.codePointAt(0) as number), 0x01000193)
    originHashes.set(origin, hash)
  }
  return hash
}
