import { forbiddenKeys } from '../json.ts'
import type { Pipeline } from '../model.ts'

/** An id that no node has yet: `filter`, `filter-2`. `wanted` is made to fit what ids may be. */
export const freeId = (pipeline: Pipeline, wanted: string): string => freeKey(pipeline.nodes, wanted, 'node')

/** The same for any part of the file whose entries have ids: groups, notes. */
export function freeKey(taken: object, wanted: string, otherwise: string): string {
  const base =
    wanted
      .toLowerCase()
      .replace(/[^a-z0-9_-]+/g, '-')
      .replace(/^[^a-z]+|-+$/g, '') || otherwise
  if (isFree(taken, base)) return base
  const [, stem = base] = /^(.*?)-[0-9]+$/.exec(base) ?? []
  for (let n = 2; ; n++) if (isFree(taken, `${stem}-${n}`)) return `${stem}-${n}`
}

const isFree = (taken: object, id: string): boolean => !Object.hasOwn(taken, id) && !forbiddenKeys.has(id)
