import type { TSchema } from 'typebox'
import { branchOf, isRecord, isSecret, schemaOfItem, schemaOfKey, shapeOf } from './shape.ts'

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
  const shape = shapeOf(schema)
  const { anyOf, type } = shape
  if (anyOf) return mapSecrets(branchOf(anyOf, value) ?? undefined, value, resolve, setting)
  if (type === 'string') return isSecret(value) ? resolve(value.secret, setting) : value
  if (Array.isArray(value)) {
    return value.map((item, i) => mapSecrets(schemaOfItem(shape, i), item, resolve, `${setting}[${i}]`))
  }
  if (!isRecord(value)) return value
  const entries = Object.entries(value).map(([key, item]) => {
    return [key, mapSecrets(schemaOfKey(shape, key), item, resolve, setting ? `${setting}.${key}` : key)]
  })
  return Object.fromEntries(entries)
}
