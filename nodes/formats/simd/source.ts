import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The SHA-256 of the sources in `assembly/`: what was compiled is known by it. */
export function sourceHash(): string {
  const folder = join(import.meta.dirname, 'assembly')
  const hash = createHash('sha256')
  for (const name of readdirSync(folder).sort()) hash.update(`${name}\n${readFileSync(join(folder, name), 'utf8')}`)
  return hash.digest('hex')
}
