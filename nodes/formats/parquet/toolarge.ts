import type { SourceContext } from '@headrace/runtime/sdk'
import type { ParquetConfig } from './probe.ts'

/** Of a rejected row's text so much is kept. */
export const mostRaw = 64 << 10

/** Rejects the row with a number of a file at `path` since it takes too many bytes; `raw`: its longest text, to know it by. */
export function rejectRow(
  context: SourceContext<ParquetConfig>,
  path: string,
  row: number,
  bytes: number,
  raw: Uint8Array,
): void {
  context.reject({
    path,
    row,
    raw: new TextDecoder().decode(raw),
    code: 'row-too-large',
    message: `the row takes ${Math.round(bytes)} bytes, a row may take ${context.maxRowBytes}`,
  })
}
