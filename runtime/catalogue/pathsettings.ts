import type { TSchema } from 'typebox'
import { branchOf, isRecord, shapeOf } from '../pipeline/shape.ts'

/** A setting that names a file or a folder. */
export interface PathSetting {
  /** Its path inside `config`: `path`, `path[1]`. */
  readonly setting: string
  readonly path: string
}

const formats = new Set(['path', 'folder', 'tokenizer'])

const kept = new WeakMap<object, { readonly schema: TSchema; readonly found: readonly PathSetting[] }>()

/** Every setting of a node that is a path, by the schema's `format`; one of a choice holds for what is chosen. */
export function pathSettings(schema: TSchema, config: Readonly<Record<string, unknown>>): readonly PathSetting[] {
  const before = kept.get(config)
  if (before?.schema === schema) return before.found
  const found = pathsIn(schema, config, '', '')
  kept.set(config, { schema, found })
  return found
}

function pathsIn(schema: TSchema | undefined, value: unknown, setting: string, around: string): PathSetting[] {
  const { anyOf, format = around, properties = {}, patternProperties, items } = shapeOf(schema)
  if (anyOf) return pathsIn(branchOf(anyOf, value) ?? undefined, value, setting, format)
  if (typeof value === 'string') return formats.has(format) ? [{ setting, path: value }] : []
  if (Array.isArray(value)) {
    const of = (i: number) => (Array.isArray(items) ? items[i] : items)
    return value.flatMap((item, i) => pathsIn(of(i), item, `${setting}[${i}]`, format))
  }
  if (!isRecord(value)) return []
  const [any] = Object.values(patternProperties ?? {})
  return Object.entries(value).flatMap(([key, item]) => {
    const inner = Object.hasOwn(properties, key) ? properties[key] : any
    return pathsIn(inner, item, setting ? `${setting}.${key}` : key, '')
  })
}

/** Whether a path may be a pattern that finds several files. */
export const isPattern = (path: string): boolean => /[*?[\]{}()!]/.test(path)
