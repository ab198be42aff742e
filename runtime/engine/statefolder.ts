import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { type DiskNow, makeLastingFolderNow, writeFileNow } from '../disk/index.ts'
import { HeadraceError } from '../pipeline/problem.ts'

/** The folder of all runs of the pipelines in a folder, or the one that was asked for. */
export const stateFolder = (pipelineFile: string, state?: string): string =>
  state ? resolve(state) : join(dirname(pipelineFile), '.headrace')

/** The folder that `--state` or HEADRACE_STATE names, absolute; undefined: beside each pipeline. */
export function givenState(flag?: string): string | undefined {
  const given = flag ?? process.env['HEADRACE_STATE']
  return given ? resolve(given) : undefined
}

/** Makes a folder below a state folder, which git is told to pass over. */
export function makeStateFolder(state: string, ...below: readonly string[]): string {
  const path = join(state, ...below)
  try {
    mkdirSync(path, { recursive: true })
    const ignore = join(state, '.gitignore')
    if (!existsSync(ignore)) writeFileSync(ignore, '*\n')
    return path
  } catch (error) {
    throw noStateFolder(state, error)
  }
}

/** The same, so that it outlasts a crash. */
export function makeLastingStateFolder(disk: DiskNow, state: string, below: string): string {
  const path = join(state, below)
  try {
    makeLastingFolderNow(disk, path)
    const ignore = join(state, '.gitignore')
    if (!disk.stat(ignore)) writeFileNow(disk, ignore, '*\n')
    return path
  } catch (error) {
    throw noStateFolder(state, error)
  }
}

/** Why runs cannot be kept in a folder, and what to do. */
export function noStateFolder(state: string, cause: unknown): HeadraceError {
  const { code, message } = cause as NodeJS.ErrnoException // what the file system throws
  const full = code === 'ENOSPC' || code === 'EDQUOT'
  return new HeadraceError('no-state-folder', `runs cannot be kept in ${state}: ${message}`, {
    hint: `${full ? 'The disk is full: make room on it, or name' : 'Name'} a folder that can be written to: --state FOLDER, or HEADRACE_STATE.`,
    cause,
  })
}
