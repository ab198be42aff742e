import { matchItems, same } from '../pipeline/edit/difference.ts'
import { isRecord, isSecret } from '../pipeline/shape.ts'
import type { Json } from '../sdk/node.ts'
import type { ValueChange } from './model.ts'

type Entries = { readonly [key: string]: Json }
const isEntries = (value: Json | undefined): value is Entries => isRecord(value) && !isSecret(value)
const isRows = (value: Json | undefined): value is readonly Entries[] =>
  Array.isArray(value) && value.every((item: Json) => isEntries(item))

/** What two values differ in, as deep as they are alike: entries of objects, items of lists of objects. */
export function valueChanges(before: Json | undefined, after: Json | undefined, setting = ''): ValueChange[] {
  if (before !== undefined && after !== undefined && same(before, after)) return []
  if (isEntries(before) && isEntries(after)) return entryChanges(before, after, setting)
  if (isRows(before) && isRows(after) && before.length > 0 && after.length > 0)
    return itemChanges(before, after, setting)
  return [{ setting, ...(before !== undefined && { before }), ...(after !== undefined && { after }) }]
}

function entryChanges(before: Entries, after: Entries, setting: string): ValueChange[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  const inside = (key: string) => (setting ? `${setting}.${key}` : key)
  const changes = keys.flatMap((key) => {
    const one = Object.hasOwn(before, key) ? before[key] : undefined
    const other = Object.hasOwn(after, key) ? after[key] : undefined
    return valueChanges(one, other, inside(key))
  })
  // Columns leave a node in the order of its setting.
  return changes.length ? changes : [{ setting, order: true }]
}

function itemChanges(before: readonly Entries[], after: readonly Entries[], setting: string): ValueChange[] {
  const matches = matchItems(before, after)
  const kept = new Set(matches.flatMap(({ was }) => (was === undefined ? [] : [was])))
  const gone = before.flatMap((item, at): ValueChange[] =>
    kept.has(at) ? [] : [{ setting: `${setting}[${at}]`, before: item }],
  )
  return [
    ...gone,
    ...matches.flatMap(({ was, is }) =>
      valueChanges(was === undefined ? undefined : before[was], after[is], `${setting}[${is}]`),
    ),
  ]
}
