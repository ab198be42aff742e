import { readdir, stat } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import type { Probed } from '../pipeline/prepare.ts'
import type { NodeDefinition } from '../sdk/node.ts'
import { isPattern, pathSettings } from './pathsettings.ts'

export interface ProbeKey {
  /** Its id stands in the problems' places. */
  readonly node: string
  readonly definition: NodeDefinition
  readonly config: Readonly<Record<string, unknown>>
  readonly folder: string
}

/** Keeps what probes found for as long as the files that they looked at are the same. */
export interface ProbeCache {
  readonly probe: (key: ProbeKey, look: () => Promise<Probed>) => Promise<Probed>
}

const mostEntries = 200

/**
 * A cache in memory, for a server that checks on every edit: by settings and by the size and time of change of every
 * file, and of every file in a folder, that a setting names. What a pattern finds may change unseen, and whether a
 * sink's output is there matters at every check: neither is kept.
 */
export function probeCache(most = 500): ProbeCache {
  const kept = new Map<string, Probed>()
  const numbers = new WeakMap<NodeDefinition, number>()
  let next = 0
  return {
    async probe({ node, definition, config, folder }, look) {
      const paths = definition.kind === 'sink' ? [] : pathSettings(definition.config, config).map(({ path }) => path)
      if (!paths.length || paths.some(isPattern)) return await look()
      const versions = await Promise.all(paths.map((path) => versionOf(isAbsolute(path) ? path : join(folder, path))))
      if (versions.includes(null)) return await look()
      const number = numbers.get(definition) ?? next++
      numbers.set(definition, number)
      const key = JSON.stringify([node, number, config, folder, versions])
      const before = kept.get(key)
      if (before) return before
      const found = await look()
      if (kept.size >= most) kept.delete(kept.keys().next().value as string)
      kept.set(key, found)
      return found
    },
  }
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
