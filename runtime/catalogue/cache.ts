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

export interface CacheOptions {
  readonly most?: number
  /**
   * Patterns are looked at in the background where they were looked at less than half a minute ago, and this is
   * called where they then find something else. Without it they are looked at each time.
   */
  readonly changed?: () => void
}

/**
 * A cache in memory, for a server that checks on every edit: by settings and by the size and time of change of every
 * file, and of every file in a folder, that a setting names. What a pattern finds may change unseen: see `changed`.
 * Whether a sink's output is there matters at every check: that is not kept.
 */
export function probeCache({ most = 500, changed }: CacheOptions = {}): ProbeCache {
  const kept = new Map<string, Probed>()
  const keep = (key: string, found: Probed) => {
    if (kept.size >= most) kept.delete(kept.keys().next().value as string)
    kept.set(key, found)
    return found
  }
  const numbers = new WeakMap<NodeDefinition, number>()
  let next = 0
  const patterns = changed && patternCache(most, changed)
  return {
    async probe({ node, definition, config, folder }, look) {
      const paths = definition.kind === 'sink' ? [] : pathSettings(definition.config, config).map(({ path }) => path)
      if (!paths.length) return await look()
      const number = numbers.get(definition) ?? next++
      numbers.set(definition, number)
      const settings = JSON.stringify([node, number, config, folder])
      if (paths.some(isPattern)) return await (patterns?.(settings, look) ?? look())
      const versions = await Promise.all(paths.map((path) => versionOf(isAbsolute(path) ? path : join(folder, path))))
      if (versions.includes(null)) return await look()
      const key = JSON.stringify([settings, versions])
      return kept.get(key) ?? keep(key, await look())
    },
  }
}

/** For so long an answer is given again, in milliseconds; for the shorter time nobody looks whether it still holds. */
const age = { fresh: 1000, usable: 30_000 }

function patternCache(most: number, changed: () => void) {
  const kept = new Map<string, { found: Probed; text: string; at: number; looking: boolean }>()
  return async (key: string, look: () => Promise<Probed>): Promise<Probed> => {
    const before = kept.get(key)
    const since = before ? performance.now() - before.at : Number.POSITIVE_INFINITY
    if (!before || since > age.usable) {
      const found = await look()
      if (kept.size >= most) kept.delete(kept.keys().next().value as string)
      kept.set(key, { found, text: JSON.stringify(found), at: performance.now(), looking: false })
      return found
    }
    if (since > age.fresh && !before.looking) {
      before.looking = true
      void look().then(
        (found) => {
          const text = JSON.stringify(found)
          kept.set(key, { found, text, at: performance.now(), looking: false })
          if (text !== before.text) changed()
        },
        () => kept.delete(key), // looked at anew, and told, by the next check
      )
    }
    return before.found
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
