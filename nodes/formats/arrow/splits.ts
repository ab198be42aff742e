import type { Json, SourceFile, SourceProbe, Split, SplitPart } from '@headrace/runtime/sdk'
import { type Limits, type Piece, packSplits, splitLimits } from '../splits.ts'
import { type Contents, type Entry, readContents, withFile } from './file.ts'

/** What a part reads, in order: dictionaries, and rows `from` to `to` of record batches. */
export interface PartData {
  readonly steps: readonly (Entry & ({ readonly from: number; readonly to: number } | { readonly to?: undefined }))[]
}

// A cast: plain JSON on its way through the engine, made below.
export const partData = (part: SplitPart): PartData => part.data as unknown as PartData

/** Cuts files into record batches, large ones into ranges of rows; small ones share a split. */
export async function cutSplits(
  context: { probe: SourceProbe; resolve: (path: string) => string; signal: AbortSignal },
  limits: Limits = splitLimits,
): Promise<Split[]> {
  const splits = packSplits(limits)
  for (const file of context.probe.files) {
    context.signal.throwIfAborted()
    const contents = await withFile(context.resolve(file.path), file.path, (handle) => readContents(handle))
    for (const piece of piecesOf(file, contents, limits)) splits.add(piece)
  }
  return splits.finish()
}

type Steps = PartData['steps'][number][]

function piecesOf(file: SourceFile, { batches, dictionaries, before }: Contents, limits: Limits): Piece[] {
  const pieces: Piece[] = []
  let steps: Steps = []
  let known = 0
  let start = 0
  let row = 0
  let bytes = 0
  const close = () => {
    if (row > start) {
      const data = { steps } as unknown as Json
      pieces.push({ part: { path: file.path, start, end: row, firstRow: start + 1, data }, rows: row - start, bytes })
    }
    steps = []
    bytes = known = 0
    start = row
  }
  for (const [i, batch] of batches.entries()) {
    const most = Math.max(
      8,
      Math.min(limits.rows, Math.floor((limits.bytes * batch.rows) / Math.max(1, batch.body))) & ~7,
    )
    for (let from = 0; from < batch.rows; from += most) {
      const to = Math.min(batch.rows, from + most)
      const part = (batch.body * (to - from)) / batch.rows
      if (bytes + part > limits.bytes || row - start + to - from > limits.rows) close()
      for (; known < (before[i] as number); known++) steps.push(dictionaries[known] as Entry)
      steps.push({ ...batch, from, to })
      bytes += part
      row += to - from
    }
  }
  close()
  return pieces
}
