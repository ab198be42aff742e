import type { TSchema } from 'typebox'
import { branchOf, isRecord, isSecret, shapeOf } from './shape.ts'

/**
 * The settings with every reference to a secret replaced by what `resolve` gives for it. The schema says where a
 * reference may stand: a column that happens to be called "secret" is none.
 */
export function mapSecrets(
  schema: TSchema | undefined,
  value: unknown,
  resolve: (name: string, setting: string) => unknown,
  setting = '',
): unknown {
  const { anyOf, type, items, properties = {}, patternProperties } = shapeOf(schema)
  if (anyOf) return mapSecrets(branchOf(anyOf, value) ?? undefined, value, resolve, setting)
  if (type === 'string') return isSecret(value) ? resolve(value.secret, setting) : value
  if (Array.isArray(value)) {
    const of = (i: number) => (Array.isArray(items) ? items[i] : items)
    return value.map((item, i) => mapSecrets(of(i), item, resolve, `${setting}[${i}]`))
  }
  if (!isRecord(value)) return value
  const [any] = Object.values(patternProperties ?? {})
  const entries = Object.entries(value).map(([key, item]) => {
    const inner = Object.hasOwn(properties, key) ? properties[key] : any
    return [key, mapSecrets(inner, item, resolve, setting ? `${setting}.${key}` : key)]
  })
  return Object.fromEntries(entries)
}
