import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import type { TSchema } from 'typebox'
import { HeadraceError } from '../pipeline/problem.ts'
import { mapSecrets } from '../pipeline/secrets.ts'
import { isRecord } from '../pipeline/shape.ts'

export interface ResolvedSecrets {
  /** The settings with the secrets in them: for a node that runs, never for printing or a file. */
  readonly config: Record<string, unknown>
  /** The secrets' values, to be taken out of whatever is printed. */
  readonly values: readonly string[]
  readonly missing: readonly { readonly name: string; readonly setting: string }[]
}

/** Replaces `{ "secret": NAME }` by the environment's value, or by that of `.env` in the pipeline's folder. */
export async function resolveSecrets(config: unknown, folder: string, schema: TSchema): Promise<ResolvedSecrets> {
  const names = namesIn(config, schema)
  // The same object: whatever is kept for these settings goes on to count.
  if (names.size === 0) return { config: config as Record<string, unknown>, values: [], missing: [] } // settings are an object
  const file = [...names].some((name) => process.env[name] === undefined) ? await readEnv(folder) : {}
  const values = new Set<string>()
  const missing: { name: string; setting: string }[] = []
  const resolved = mapSecrets(schema, config, (name, setting) => {
    const value = process.env[name] ?? (Object.hasOwn(file, name) ? file[name] : undefined)
    if (value === undefined) missing.push({ name, setting })
    else if (value) values.add(value)
    return value ?? ''
  })
  return { config: resolved as Record<string, unknown>, values: [...values], missing } // settings in, settings out
}

const namesOf = new WeakMap<object, ReadonlySet<string>>()

/** The secrets that settings name. */
function namesIn(config: unknown, schema: TSchema): ReadonlySet<string> {
  const known = isRecord(config) ? namesOf.get(config) : undefined
  if (known) return known
  const names = new Set<string>()
  mapSecrets(schema, config, (name) => names.add(name))
  if (isRecord(config)) namesOf.set(config, names)
  return names
}

async function readEnv(folder: string): Promise<NodeJS.Dict<string>> {
  const text = await readFile(join(folder, '.env'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  return parseEnv(text)
}

/** A text without the secrets that a library may have put into its messages. */
export function withoutSecrets(text: string, values: readonly string[]): string {
  return values.reduce((clean, value) => clean.replaceAll(value, '***'), text)
}

/** Plain JSON whose texts have no secrets in them. */
export function withoutSecretsIn<T>(value: T, values: readonly string[]): T {
  if (values.length === 0) return value
  const clean = (one: unknown): unknown => {
    if (typeof one === 'string') return withoutSecrets(one, values)
    if (Array.isArray(one)) return one.map(clean)
    return isRecord(one) ? Object.fromEntries(Object.entries(one).map(([key, inner]) => [key, clean(inner)])) : one
  }
  return clean(value) as T // the same shape, other texts
}

/** An error as people may see it: its words, hint, place and cause without secrets. */
export function errorWithoutSecrets(error: unknown, values: readonly string[]): unknown {
  if (values.length === 0 || !(error instanceof Error)) return error
  const cause = error.cause instanceof Error ? error.cause.message : error.cause
  if (!(error instanceof HeadraceError)) {
    error.message = withoutSecrets(error.message, values)
    if (error.stack) error.stack = withoutSecrets(error.stack, values)
    return error
  }
  const { code, message, hint, place, fault } = withoutSecretsIn({ ...error, message: error.message, cause }, values)
  return new HeadraceError(code, message, {
    place,
    fault,
    ...(hint && { hint }),
    ...(cause !== undefined && { cause: withoutSecretsIn(cause, values) }),
  })
}
