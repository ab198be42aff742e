import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeStateFolder, stateFolder } from '../../engine/statefolder.ts'
import { HeadraceError } from '../../pipeline/problem.ts'
import { refuse } from './refusal.ts'

/** Writes a text for a child process to read, beside the pipeline's runs; refuses with `what` where that fails. */
export function handOver(given: string | undefined, pipelineFile: string, text: string, what: string): string {
  const state = stateFolder(pipelineFile, given)
  const folder = join(state, 'drafts')
  const path = join(folder, `run-${randomBytes(6).toString('hex')}.json`)
  try {
    makeStateFolder(state, 'drafts')
    writeFileSync(path, text, { mode: 0o600 })
    return path
  } catch (error) {
    const { code, message } = (error instanceof HeadraceError ? error.cause : error) as NodeJS.ErrnoException // what the file system throws
    const full = code === 'ENOSPC' || code === 'EDQUOT'
    return refuse({
      error: `${what}: ${full ? 'the disk is full' : message}.`,
      hint: full
        ? 'Free some space, or delete old runs in the list of runs.'
        : `Headrace must be able to write in ${folder}.`,
    })
  }
}
