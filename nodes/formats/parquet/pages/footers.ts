import type { Stats } from 'node:fs'
import { type Footer, readFooter } from '../footer.ts'
import { isSound } from './sound.ts'

/** Footers of the last files of this worker: a split is often a range of a file whose footer the one before read. */
const known = new Map<string, { readonly size: number; readonly modified: number; readonly footer: Footer | null }>()
const most = 4

/** The footer of the file at `path`, which is of this size and time; null: an odd one. Throws as `readFooter` does. */
export async function footerFor(path: string, { size, mtimeMs: modified }: Stats): Promise<Footer | null> {
  const found = known.get(path)
  if (found?.size === size && found.modified === modified) return found.footer
  const read = await readFooter(path)
  const footer = isSound(read.bytes) ? read : null
  known.delete(path)
  known.set(path, { size, modified, footer })
  for (const oldest of known.keys()) if (known.size > most) known.delete(oldest)
  return footer
}
