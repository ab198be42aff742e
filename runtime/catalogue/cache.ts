import { readdir, stat } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import type { TSchema } from 'typebox'
import type { Probed } from '../pipeline/prepare.ts'
import { branchOf, isRecord, shapeOf } from '../pipeline/shape.ts'
import type { NodeDefinition } from '../sdk/node.ts'

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
      const paths = definition.kind === 'sink' ? null : pathsIn(definition.config, config)
      if (!paths?.length) return await look()
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

/** The values of all settings that are paths; null where one is a pattern. */
function pathsIn(schema: TSchema | undefined, value: unknown): string[] | null {
  const { anyOf, format, properties = {}, patternProperties, items } = shapeOf(schema)
  if (anyOf) return pathsIn(branchOf(anyOf, value) ?? undefined, value)
  if (typeof value === 'string') {
    if (format !== 'path' && format !== 'folder') return []
    return /[*?[\]{}!]/.test(value) ? null : [value]
  }
  const [any] = Object.values(patternProperties ?? {})
  const inner = Array.isArray(value)
    ? value.map((item, i) => pathsIn(Array.isArray(items) ? items[i] : items, item))
    : isRecord(value)
      ? Object.entries(value).map(([key, item]) =>
          pathsIn(Object.hasOwn(properties, key) ? properties[key] : any, item),
        )
      : []
  return inner.includes(null) ? null : inner.flatMap((paths) => paths ?? [])
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
