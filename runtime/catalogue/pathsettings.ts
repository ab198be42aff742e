import type { TSchema } from 'typebox'
import { textSettings } from '../pipeline/textsettings.ts'

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
  const found = textSettings(schema, config, formats).map(({ setting, text }) => ({ setting, path: text }))
  kept.set(config, { schema, found })
  return found
}

/** Whether a path may be a pattern that finds several files. */
export const isPattern = (path: string): boolean => /[*?[\]{}()!]/.test(path)
