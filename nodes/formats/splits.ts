import type { Split, SplitPart } from '@headrace/runtime/sdk'

/** The most of a split. */
export interface Limits {
  readonly bytes: number
  readonly rows: number
}

export const splitLimits: Limits = { bytes: 64 << 20, rows: 100_000 }

/** Opening a file takes its time too: so many tiny ones keep a worker busy for about a second. */
const mostPieces = 500

/** A range of a file, with its rows where they were counted, and its bytes once it is decompressed. */
export interface Piece {
  readonly part: SplitPart
  readonly rows: number | null
  readonly bytes: number
}

const counts = ({ part, rows }: Piece): SplitPart => (rows === null ? part : { ...part, rows })

/** Puts pieces into splits in their order: small files and rests of large ones share one. */
export function packSplits(limits: Limits): { add: (piece: Piece) => void; finish: () => Split[] } {
  const splits: Split[] = []
  let open: Piece[] = []
  let bytes = 0
  let rows = 0
  const close = () => {
    const counted = open.every((piece) => piece.rows !== null)
    if (open.length) splits.push({ parts: open.map(counts), bytes, ...(counted && { rows }) })
    open = []
    bytes = rows = 0
  }
  return {
    add(piece) {
      // An unknown number of rows is guessed from the bytes.
      const guess = piece.rows ?? Math.ceil((piece.bytes * limits.rows) / limits.bytes)
      const full = bytes + piece.bytes > limits.bytes || rows + guess > limits.rows || open.length === mostPieces
      if (full) close()
      open.push(piece)
      bytes += piece.bytes
      rows += guess
    },
    finish() {
      close()
      return splits
    },
  }
}
