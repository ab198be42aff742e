import type { Probed } from '../pipeline/prepare.ts'
import type { NodeDefinition } from '../sdk/node.ts'
import { isPattern, pathSettings } from './pathsettings.ts'
import { pathVersions } from './pathversions.ts'
import { patternCache } from './patterncache.ts'

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
      const versions = await pathVersions({ definition, config, folder })
      if (!versions) return await look()
      const key = JSON.stringify([settings, versions])
      return kept.get(key) ?? keep(key, await look())
    },
  }
}
