import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Example } from '../../sdk/node.ts'

/** Where an example's paths start: a fresh folder with its files, or the usual one where it brings none. */
export function folderOf({ files }: Example, usual: string, fresh: () => string): string {
  if (!files) return usual
  const folder = fresh()
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  return folder
}
