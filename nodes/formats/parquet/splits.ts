import type { SourceProbe, Split, SplitPart } from '@headrace/runtime/sdk'
import type { ParquetProbe } from './probe.ts'

/**
 * Row groups as splits of about `target` bytes or rows at most: small groups and files together, a larger group as ranges
 * of rows. A part's `start` and `end` are rows of its file, from 0; its `data` is the file's place in the probe.
 */
export function cutGroups(probe: SourceProbe, target = { rows: 100_000, bytes: 64 << 20 }): Split[] {
  // A cast: `probe` put it there.
  const { files } = probe.data as unknown as ParquetProbe
  const asked = new Set(probe.files.map(({ path }) => path))
  const splits: Split[] = []
  let parts: SplitPart[] = []
  let rows = 0
  let bytes = 0
  const close = () => {
    if (parts.length) splits.push({ parts, rows, bytes: Math.round(bytes) })
    parts = []
    rows = bytes = 0
  }
  const add = (path: string, file: number, start: number, count: number, size: number) => {
    if (rows + count > target.rows || bytes + size > target.bytes) close()
    const last = parts.at(-1)
    // Groups that follow one another in a file are one range: one query.
    if (last?.path === path && last.end === start)
      parts[parts.length - 1] = { ...last, end: start + count, rows: start + count - last.start }
    else parts.push({ path, start, end: start + count, firstRow: start + 1, rows: count, data: file })
    rows += count
    bytes += size
  }
  for (const [file, { path, groups }] of files.entries()) {
    if (!asked.has(path)) continue
    let start = 0
    for (const [count, size] of groups) {
      const pieces = Math.min(count, Math.max(piecesOf(count, target.rows), piecesOf(size, target.bytes)))
      for (let i = 0; i < pieces; i++) {
        const from = Math.floor((count * i) / pieces)
        const to = Math.floor((count * (i + 1)) / pieces)
        add(path, file, start + from, to - from, (size * (to - from)) / count)
      }
      start += count
    }
  }
  close()
  return splits
}

/** Up to a quarter above the target a group stays whole, as DuckDB's of 122,880 rows do: each piece unpacks all pages. */
const piecesOf = (size: number, target: number): number => (size <= target * 1.25 ? 1 : Math.ceil(size / target))
