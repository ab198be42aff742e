import { Identity, type MixedOrigins, type Origin } from '../../memory/index.ts'

/** Which rows a native call works on, small: numbers in the place of texts, which are made only after a crash. */
export interface PackedRows {
  readonly origin: Origin | MixedOrigins
  /** The first row's number where they follow one another from it. */
  readonly numbers: readonly number[] | number
  readonly rows: number
  readonly children: readonly (readonly number[])[]
  readonly branch: string
}

/** Packs rows of a batch's identity. */
export function packRows(identity: Identity, rows: readonly number[]): PackedRows {
  const whole = rows.length === identity.rows && rows.every((row, i) => row === i)
  const some = whole ? identity : identity.take(Int32Array.from(rows))
  const { origin, origins, numbers, children, branch } = some
  return {
    origin: origins ? { ...origins, which: [...origins.which] as unknown as Uint32Array } : origin,
    numbers: typeof numbers === 'number' ? numbers : [...numbers],
    rows: some.rows,
    children: children.map((level) => [...level]),
    branch,
  }
}

/** The identities of packed rows as texts. */
export function unpackRows({ origin, numbers, rows, children, branch }: PackedRows): string[] {
  const identity = new Identity(
    origin,
    rows,
    typeof numbers === 'number' ? numbers : Float64Array.from(numbers),
    children.map((level) => Uint32Array.from(level)),
    branch,
  )
  return Array.from({ length: rows }, (_, row) => identity.text(row))
}
