import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { isRecord } from '../../pipeline/shape.ts'
import type { TemplateView } from '../api/library.ts'

/** An example that can be copied. */
export interface Template extends TemplateView {
  /** Its folder, absolute. */
  readonly folder: string
}

/** Where the examples are, and which of them are templates. */
export interface Examples {
  /** The folder above them: files in it are never edited. Null where there is none. */
  readonly folder: string | null
  readonly templates: readonly Template[]
}

/**
 * The examples that the nearest package.json above the runtime names under `headrace.templates`; each has its title
 * and description in its own package.json.
 */
export function findExamples(): Examples {
  for (let root = import.meta.dirname; ; root = dirname(root)) {
    const named = headraceKey(root)['templates']
    if (Array.isArray(named)) {
      const templates = named.flatMap((path) => (typeof path === 'string' ? templateIn(join(root, path)) : []))
      const [first] = templates
      return { folder: first ? dirname(first.folder) : null, templates }
    }
    if (root === dirname(root)) return { folder: null, templates: [] }
  }
}

function templateIn(folder: string): Template[] {
  const { title, description } = headraceKey(folder)
  if (typeof title !== 'string' || typeof description !== 'string') return []
  return [{ name: basename(folder), title, description, folder }]
}

function headraceKey(folder: string): { readonly [key: string]: unknown } {
  const file = join(folder, 'package.json')
  if (!existsSync(file)) return {}
  const { headrace } = JSON.parse(readFileSync(file, 'utf8')) as { headrace?: unknown }
  return isRecord(headrace) ? headrace : {}
}
