import { freeOutput, outputName, type Pipeline } from '@headrace/runtime/pipeline'
import { nodeType } from '../model/library.ts'

/** JSON Schema of a setting, as far as is looked at here. */
interface Setting {
  readonly format?: string
  readonly examples?: readonly unknown[]
  readonly anyOf?: readonly { readonly const?: unknown }[]
}

/**
 * What a new node's settings begin with: a query asks for all rows of the table that leads to it; a sink has a place of its own below `out/`, and puts a new output in the place
 * of the last run's, so that Run works at once and again.
 */
export function firstSettings(
  type: string,
  pipeline: Pipeline,
  input: string | null = null,
): Readonly<Record<string, string>> {
  const about = nodeType(type)
  const schema = (about?.config ?? {}) as { readonly properties?: Readonly<Record<string, Setting>> } // JSON Schema of an object
  if (schema.properties?.query?.format === 'sql' && input) return { query: `SELECT * FROM ${input}` }
  if (about?.kind !== 'sink') return {}
  const { path, table, ifExists } = schema.properties ?? {}
  const [example] = path?.examples ?? []
  const ending = typeof example === 'string' ? /\.\w+$/.exec(example)?.[0] : undefined
  if (!ending || !ifExists?.anyOf?.some((one) => one.const === 'replace')) return {}
  return {
    path: freeOutput(pipeline, ending),
    ...(table && { table: outputName(pipeline) }),
    ifExists: 'replace',
  }
}
