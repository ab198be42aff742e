import type { Node } from 'jsonc-parser'
import type { Json } from '../../sdk/node.ts'
import { groupKeys, nodeKeys, noteKeys, settingKeys, topLevelKeys } from '../model.ts'
import type { Path } from '../positions.ts'
import { isRecord } from '../shape.ts'
import { matchItems, same } from './difference.ts'
import { indentAt, slice, type TextStyle, written } from './textstyle.ts'

type JsonObject = { readonly [key: string]: Json }
const isObject = (value: Json): value is JsonObject => isRecord(value)
const isList = (value: Json): value is readonly Json[] => Array.isArray(value)

/**
 * The text of a value of the file after a change. `before` and `after` are what the file's reader makes of it; `raw`
 * may hold more (unknown keys, values of a wrong shape), which stays as it is.
 */
export function rewritten(raw: Node, before: Json, after: Json, path: Path, style: TextStyle): string {
  if (same(before, after)) return slice(style.text, raw)
  if (raw.type === 'object' && isObject(before) && isObject(after))
    return rewrittenObject(raw, before, after, path, style)
  if (raw.type === 'array' && isList(before) && isList(after) && raw.children?.length === before.length) {
    return rewrittenList(raw, before, after, path, style)
  }
  const start = style.text.lastIndexOf('\n', raw.offset - 1) + 1
  const open = isOpen(path)
  return written(after, style, { indent: indentAt(style.text, raw.offset), used: raw.offset - start + 1, open })
}

/** An entry of the new text: one that was there, with its new text, or a new one. */
interface Entry {
  /** The entry's number in the old text; undefined: a new one. */
  readonly was?: number
  readonly key?: string
  readonly text: (around: { indent: string; used: number; like?: Node | undefined }) => string
}

function rewrittenObject(raw: Node, before: JsonObject, after: JsonObject, path: Path, style: TextStyle): string {
  const names = renamed(before, after)
  const seen = new Set<string>()
  const kept = (raw.children ?? []).flatMap((child, was): Entry[] => {
    const [name, value] = child.children as [Node, Node]
    const key = name.value as string
    const first = !seen.has(key)
    seen.add(key)
    const next = names.get(key) ?? key
    const known = Object.hasOwn(after, next)
    // Of a key that stands twice the reader takes the first; the second would show where that one goes.
    if (Object.hasOwn(before, key) && (!known || (!first && next !== key))) return []
    if (!first || !known) return [{ was, text: () => slice(style.text, child) }]
    const written = next === key ? slice(style.text, name) : JSON.stringify(next)
    const colon = style.text.slice(name.offset + name.length, value.offset)
    const text = () =>
      written + colon + rewritten(value, before[key] ?? null, after[next] as Json, [...path, key], style)
    return [{ was, key: next, text }]
  })
  const make = (key: string): Entry => ({
    key,
    text: ({ indent, used, like }) => {
      const name = JSON.stringify(key) + style.colon
      const open = isOpen([...path, key])
      const alike = path.length === 1 && path[0] !== 'settings' ? like?.children?.[1] : undefined
      const around = { indent, used: used + name.length, like: alike, open }
      return name + written(after[key] as Json, style, around)
    },
  })
  // What is missing and stays as it is read then (no edges, no settings) is not written.
  const wanted = Object.keys(after).filter(
    (key) => seen.has(key) || !Object.hasOwn(before, key) || !same(before[key] as Json, after[key] as Json),
  )
  return putTogether(raw, inOrder(kept, wanted, path, make), style)
}

/** Keys that became others with the same value: a renamed node, a renamed column. */
function renamed(before: JsonObject, after: JsonObject): Map<string, string> {
  const names = new Map<string, string>()
  const gone = Object.keys(before).filter((key) => !Object.hasOwn(after, key))
  for (const key of Object.keys(after)) {
    if (Object.hasOwn(before, key)) continue
    const from = gone.find((one) => !names.has(one) && same(before[one] as Json, after[key] as Json))
    if (from !== undefined) names.set(from, key)
  }
  return names
}

/** Puts new entries where they belong: by the file's own order of keys, else after their neighbour in `wanted`. */
function inOrder(
  kept: readonly Entry[],
  wanted: readonly string[],
  path: Path,
  make: (key: string) => Entry,
): readonly Entry[] {
  const order: readonly string[] | null = keysAt(path)
  const entries = [...kept]
  const there = new Set(kept.map(({ key }) => key))
  for (const [at, key] of wanted.entries()) {
    if (there.has(key)) continue
    const before = order ? order.slice(0, order.indexOf(key)) : wanted.slice(0, at).reverse().slice(0, 1)
    const place = Math.max(-1, ...before.map((other) => entries.findLastIndex((entry) => entry.key === other)))
    entries.splice(place + 1, 0, make(key))
  }
  if (order) return entries
  const rank = new Map(wanted.map((key, i) => [key, i]))
  const ranks = entries.flatMap(({ key = '' }) => rank.get(key) ?? [])
  if (ranks.every((one, i) => i === 0 || one >= (ranks[i - 1] as number))) return entries
  return entries.toSorted((a, b) => (rank.get(a.key ?? '') ?? -1) - (rank.get(b.key ?? '') ?? -1))
}

/** The order of an object's keys where the file's form has one. */
function keysAt(path: Path): readonly string[] | null {
  const [top] = path
  if (path.length === 0) return topLevelKeys
  if (path.length === 1) return top === 'settings' ? settingKeys : null
  if (path.length > 2) return null
  return top === 'nodes' ? nodeKeys : top === 'groups' ? groupKeys : top === 'notes' ? noteKeys : null
}

const isOpen = ([top, ...rest]: Path): boolean => (top === 'nodes' || top === 'edges') && rest.length === 0

function rewrittenList(raw: Node, before: readonly Json[], after: readonly Json[], path: Path, style: TextStyle) {
  const children = raw.children ?? []
  const entries = matchItems(before, after).map(({ was, is }): Entry => {
    const value = after[is] as Json
    if (was === undefined) return { text: (around) => written(value, style, around) }
    const child = children[was] as Node
    return { was, text: () => rewritten(child, before[was] as Json, value, [...path, was], style) }
  })
  return putTogether(raw, entries, style)
}

/** The text of a list or object with these entries; between two that were neighbours stands what stood there. */
function putTogether(raw: Node, entries: readonly Entry[], style: TextStyle): string {
  const { text, eol, unit } = style
  const children = raw.children ?? []
  const [open, close] = raw.type === 'array' ? '[]' : '{}'
  if (entries.length === 0) return `${open}${close}`
  const end = (index: number) => (children[index] as Node).offset + (children[index] as Node).length
  const outer = indentAt(text, raw.offset)
  const last = children.length - 1
  if (last < 0) return fresh()
  const lead = text.slice(raw.offset + 1, children[0]?.offset)
  /** What stands before and after the comma behind an entry. */
  const gap = (index: number): [string, string] => {
    const all = text.slice(end(index), children[index + 1]?.offset)
    const comma = all.indexOf(',') + 1
    return [all.slice(0, comma), all.slice(comma)]
  }
  const usual = usualGap()
  let result = open
  /** Of the line on which the text ends now: its indentation, and its length. */
  let indent = outer
  let used = raw.offset - text.lastIndexOf('\n', raw.offset - 1)
  const add = (part: string) => {
    const line = part.lastIndexOf('\n') + 1
    if (line > 0) indent = /^[ \t]*/.exec(part.slice(line))?.[0] ?? ''
    used = line > 0 ? part.length - line : used + part.length
    result += part
  }
  for (const [i, { was, text: write }] of entries.entries()) {
    const before = entries[i - 1]
    const head = before && (before.was !== undefined && before.was < last ? gap(before.was)[0] : ',')
    const own = was === undefined ? (i === 0 ? lead : usual) : i === 0 ? leadOf(was) : was > 0 ? gap(was - 1)[1] : lead
    const tail = i > 0 && was === 0 && !lead.includes('\n') ? usual : own
    add((head ?? '') + tail)
    add(write({ indent, used: used + 1, like: children[last] }))
  }
  return result + text.slice(end(last), raw.offset + raw.length)

  function usualGap(): string {
    const tail = last > 0 ? gap(last - 1)[1] : lead.includes('\n') ? lead : style.comma.replace(',', '')
    const line = tail.lastIndexOf('\n')
    return line < 0 ? tail : eol + tail.slice(line + 1)
  }

  /** Before an entry that is first now: its own line's indentation where it had a line of its own. */
  function leadOf(index: number): string {
    const tail = index > 0 ? gap(index - 1)[1] : lead
    return lead.includes('\n') && tail.includes('\n') ? tail : lead
  }

  function fresh(): string {
    const values = entries.map(
      ({ text: write }) =>
        (indent: string, used: number) =>
          write({ indent, used }),
    )
    const start = text.lastIndexOf('\n', raw.offset - 1) + 1
    const pad = raw.type === 'array' ? style.bracket : style.brace
    const flat = `${open}${pad}${values.map((write) => write(outer, 0)).join(style.comma)}${pad}${close}`
    const short = raw.offset - start + flat.length < 120 && !flat.includes('\n')
    if (unit === null || (style.inline && short && outer.length > unit.length)) return flat
    const indent = outer + unit
    const lines = values.map((write) => indent + write(indent, indent.length + 1))
    return `${open}${eol}${lines.join(`,${eol}`)}${eol}${outer}${close}`
  }
}
