import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(import.meta.dirname, '..', 'data')

/** The path of a generated input, made once: `name` must say everything that the content depends on. */
export async function keep(name: string, make: (path: string) => Promise<void>): Promise<string> {
  const path = join(folder, name)
  if (existsSync(path)) return path
  mkdirSync(folder, { recursive: true })
  const unfinished = `${path}.${process.pid}`
  await make(unfinished)
  renameSync(unfinished, path)
  return path
}
