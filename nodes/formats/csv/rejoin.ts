import type { Json, RawRow, Rejoined, SourceProbe } from '@headrace/runtime/sdk'
import { openBytes } from '../byte-stream.ts'
import { csvProbe } from './dialect.ts'
import { readHead } from './head.ts'
import { type Layout, layoutOf } from './layout.ts'
import { Window } from './window.ts'

/** Says how rejected records are read again: each as a text of its own, laid out as its file's header says. */
export async function rejoinRecords(context: {
  probe: SourceProbe
  resolve: (path: string) => string
  rows: readonly RawRow[]
}): Promise<Rejoined[]> {
  const layouts = new Map<string, Layout>()
  for (const { path } of context.rows) if (!layouts.has(path)) layouts.set(path, await layoutNow(path, context))
  return context.rows.map(({ path, line, raw }) => {
    const layout = { ...layouts.get(path), encoding: 'utf-8', line: line ?? 1 }
    return { text: raw, data: layout as unknown as Json }
  })
}

/** A file's layout as it is now; where the file is gone or has another header, that of the source's own columns. */
async function layoutNow(
  path: string,
  { probe: { files, data }, resolve }: { probe: SourceProbe; resolve: (path: string) => string },
): Promise<Layout> {
  const probe = csvProbe(data)
  const size = files.find((file) => file.path === path)?.size ?? Number.MAX_SAFE_INTEGER
  const plain = { line: 1, width: probe.columns.length, places: null, delimiter: probe.dialect.delimiter } as const
  try {
    const window = new Window(await openBytes(resolve(path), path, 0, size), { dialect: probe.dialect })
    try {
      return layoutOf(await readHead(window, probe.dialect), window.encoding, probe, path)
    } finally {
      await window.close()
    }
  } catch {
    return { ...plain, encoding: 'utf-8' }
  }
}
