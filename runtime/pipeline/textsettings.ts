import type { TSchema } from 'typebox'
import { branchOf, isRecord, schemaOfItem, schemaOfKey, shapeOf } from './shape.ts'

/** A setting that is a text, with its path inside `config`: `where`, `routes[0].where`. */
export interface TextSetting {
  readonly setting: string
  readonly text: string
}

/** The settings that are texts of one of these formats, by the schema; the format of a list holds for its items. */
export const textSettings = (schema: TSchema, config: unknown, formats: ReadonlySet<string>): TextSetting[] =>
  textsIn(schema, config, { setting: '', around: '', formats })

interface Place {
  readonly setting: string
  /** The format of the list around it. */
  readonly around: string
  readonly formats: ReadonlySet<string>
}

function textsIn(schema: TSchema | undefined, value: unknown, place: Place): TextSetting[] {
  const { setting, around, formats } = place
  const shape = shapeOf(schema)
  const { anyOf, format = around } = shape
  if (anyOf) return textsIn(branchOf(anyOf, value) ?? undefined, value, { ...place, around: format })
  if (typeof value === 'string') return formats.has(format) ? [{ setting, text: value }] : []
  if (Array.isArray(value))
    return value.flatMap((item, i) =>
      textsIn(schemaOfItem(shape, i), item, { ...place, setting: `${setting}[${i}]`, around: format }),
    )
  if (!isRecord(value)) return []
  return Object.entries(value).flatMap(([key, item]) => {
    const inside = setting ? `${setting}.${key}` : key
    return textsIn(schemaOfKey(shape, key), item, { ...place, setting: inside, around: '' })
  })
}
