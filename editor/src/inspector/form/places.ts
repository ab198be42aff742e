import type { Json, Problem } from '@headrace/runtime/api'
import { isRecord } from '@headrace/runtime/pipeline'
import type { Field } from './field.ts'
import { isUnder, type Path } from './path.ts'
import { wayOf } from './way.ts'

/** The parts of a setting that show their own problems: items, entries, inner settings. */
export function placesIn(field: Field, value: Json | undefined, path: Path): Path[] {
  switch (field.kind) {
    case 'list':
      return Array.isArray(value) ? value.flatMap((item: Json, i) => placeAnd(field.item, item, [...path, i])) : []
    case 'record':
      return entriesOf(value).flatMap(([name, item]) => placeAnd(field.value, item, [...path, name]))
    case 'object':
      return field.settings
        .filter(({ name }) => name !== field.short)
        .flatMap(({ name, field: inner }) =>
          placeAnd(inner, isRecord(value) ? (value[name] as Json) : undefined, [...path, name]),
        )
    case 'union': {
      const way = wayOf(field.ways, value)
      return way ? placesIn(way.field, value, path) : []
    }
    default:
      return []
  }
}

const placeAnd = (field: Field, value: Json | undefined, path: Path): Path[] => [path, ...placesIn(field, value, path)]

const entriesOf = (value: Json | undefined): [string, Json][] =>
  isRecord(value) ? (Object.entries(value) as [string, Json][]) : []

/** The problems of a setting that none of its parts shows. */
export function problemsHere(
  problems: readonly Problem[],
  field: Field,
  value: Json | undefined,
  path: Path,
): readonly Problem[] {
  const own = problems.filter(({ place }) => isUnder(place.setting, path))
  if (own.length === 0) return own
  const inner = placesIn(field, value, path)
  return own.filter(({ place }) => !inner.some((part) => isUnder(place.setting, part)))
}
