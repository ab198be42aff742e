import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stateFolder } from '../../engine/statefolder.ts'
import { refuse } from './refusal.ts'

/** Writes a text for a child process to read, beside the pipeline's runs; refuses with `what` where that fails. */
export function handOver(pipelineFile: string, text: string, what: string): string {
  const state = stateFolder(pipelineFile, process.env['HEADRACE_STATE'])
  const folder = join(state, 'drafts')
  const path = join(folder, `run-${randomBytes(6).toString('hex')}.json`)
  try {
    mkdirSync(folder, { recursive: true })
    const ignore = join(state, '.gitignore')
    if (!existsSync(ignore)) writeFileSync(ignore, '*\n')
    writeFileSync(path, text, { mode: 0o600 })
    return path
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException // what the file system throws
    const full = code === 'ENOSPC' || code === 'EDQUOT'
    return refuse({
      error: `${what}: ${full ? 'the disk is full' : message}.`,
      hint: full
        ? 'Free some space, or delete old runs in the list of runs.'
        : `Headrace must be able to write in ${folder}.`,
    })
  }
}
