import { readdir, stat } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import type { ProbeKey } from './cache.ts'
import { isPattern, pathSettings } from './pathsettings.ts'

const mostEntries = 200

/** Size and time of change of everything that the settings name as a path; null where that cannot be told. */
export async function pathVersions({ definition, config, folder }: Omit<ProbeKey, 'node'>): Promise<string[] | null> {
  const paths = pathSettings(definition.config, config).map(({ path }) => path)
  if (paths.some(isPattern)) return null
  const versions = await Promise.all(paths.map((path) => versionOf(isAbsolute(path) ? path : join(folder, path))))
  const known = versions.filter((version) => version !== null)
  return known.length === versions.length ? known : null
}

/** Size and time of change, of a folder those of everything in it; null where it is not there or holds too much. */
async function versionOf(path: string): Promise<string | null> {
  const about = await stat(path).catch(() => null)
  if (!about) return null
  if (!about.isDirectory()) return `${about.size}:${about.mtimeMs}`
  const names = (await readdir(path, { recursive: true })).sort()
  if (names.length > mostEntries) return null
  const all = await Promise.all(
    names.map(async (name) => {
      const one = await stat(join(path, name)).catch(() => null)
      return `${name}:${one?.size}:${one?.mtimeMs}`
    }),
  )
  return all.join('\n')
}
