import { branchOf, shapeOf } from '@headrace/runtime/pipeline'
import type { Way } from './field.ts'

type Branches = Parameters<typeof branchOf>[0]

/** Which of several kinds of value a value is. */
export function wayOf(ways: readonly Way[], value: unknown): Way | undefined {
  if (value === undefined) return undefined
  const schemas = ways.map(({ schema }) => shapeOf(schema as Parameters<typeof shapeOf>[0])) as Branches
  const branch = branchOf(schemas, value)
  return branch ? ways[schemas.indexOf(branch)] : undefined
}
