import { type Header, HeadraceError, type ProbeContext } from '@headrace/runtime/sdk'
import { openBytes } from '../byte-stream.ts'
import { findFiles } from '../files.ts'
import { headersOf } from '../headers.ts'
import type { Dialect } from './dialect.ts'
import { readHead } from './head.ts'
import { detectDialect } from './probe.ts'
import { type CsvSettings, checkSettings } from './settings.ts'
import { Window } from './window.ts'

/** The header line of every file, for a source whose columns are pinned: their types are as they are read. */
export async function csvHeaders(context: ProbeContext<CsvSettings>): Promise<Header[] | null> {
  const { config } = context
  const silent = { ...context, report: () => {} }
  const files = await findFiles({ ...silent, path: config.path, inFolder: '**/*.{csv,tsv,txt}{,.gz,.zst}' })
  const full = files.filter(({ size }) => size > 0)
  const [first] = full
  if (!config.header || !first || !checkSettings(config, () => {})) return null
  try {
    const { dialect } = await detectDialect(silent, first)
    return await headersOf(full, context, async ({ path, size }) => {
      const names = await headerNames(context.resolve(path), path, size, dialect)
      return names.map((name) => ({ name, type: null }))
    })
  } catch (error) {
    // The probe says it.
    if (error instanceof HeadraceError) return null
    throw error
  }
}

/** The names in a file's header line; no more of it is read than they take. */
async function headerNames(path: string, name: string, size: number, dialect: Dialect): Promise<readonly string[]> {
  const stream = await openBytes(path, name, 0, size)
  const window = new Window(stream, { dialect, chunkBytes: Math.min(16 << 10, size + 1) })
  try {
    return (await readHead(window, dialect)).names
  } finally {
    await window.close()
  }
}
