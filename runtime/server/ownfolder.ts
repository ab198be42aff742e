import { createHash } from 'node:crypto'
import { basename, join } from 'node:path'

/** Where the server of a folder keeps what is its own: address, log, drafts, trash, schedules. Several may share a state folder. */
export function ownFolder(folder: string, state: string | undefined): string {
  if (state === undefined) return join(folder, '.headrace')
  const mark = createHash('sha256').update(folder).digest('hex').slice(0, 12)
  return join(state, 'edit', `${basename(folder)}-${mark}`)
}
