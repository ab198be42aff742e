import type { Node } from 'jsonc-parser'
import type { Json } from '../../sdk/node.ts'
import { matchItems, same } from '../edit/difference.ts'
import { readJson } from '../json.ts'
import { properties } from '../positions.ts'
import { isRecord } from '../shape.ts'

const fresh = '{\n  "headrace-test": 1,\n  "tests": []\n}\n'
const width = 120

/**
 * The text of a file of tests with other tests in it: those that stay keep their lines, others are written a row a line.
 * An empty text becomes a whole file. Null where the text holds no list of tests.
 */
export function editTests(text: string, change: (tests: readonly Json[]) => readonly Json[]): string | null {
  const { positions, value } = readJson(text.trim() ? text : fresh)
  const root: Node | undefined = positions.root
  const list = root?.type === 'object' ? properties(root).find(({ key }) => key === 'tests')?.node : undefined
  if (list?.type !== 'array') return null
  const before = (value as { readonly tests: readonly Json[] }).tests
  const after = change(before)
  if (same(before as Json, after as Json)) return text
  const body = positions.text
  const indent = /^[ \t]*/.exec(body.slice(body.lastIndexOf('\n', list.offset - 1) + 1))?.[0] ?? ''
  const eol = body.includes('\r\n') ? '\r\n' : '\n'
  const lines = matchItems(before, after).map(({ was, is }) => {
    const old = was === undefined ? undefined : list.children?.[was]
    if (old && same(before[was as number] as Json, after[is] as Json))
      return body.slice(old.offset, old.offset + old.length)
    return written(after[is] as Json, `${indent}  `, 4).replaceAll('\n', eol)
  })
  const inside = lines.map((line) => `${indent}  ${line}`).join(`,${eol}`)
  const made = lines.length ? `[${eol}${inside}${eol}${indent}]` : '[]'
  const mark = text.startsWith('\ufeff') ? '\ufeff' : ''
  return mark + body.slice(0, list.offset) + made + body.slice(list.offset + list.length)
}

/** A value on one line where it fits behind the `used` characters; of a list of rows each has a line of its own. */
function written(value: Json, indent: string, used: number): string {
  const inner = `${indent}  `
  if (isRows(value)) return `[\n${value.map((row) => inner + onOneLine(row)).join(',\n')}\n${indent}]`
  const line = onOneLine(value)
  if (used + line.length <= width && !hasRows(value)) return line
  if (!isRecord(value)) return line
  const entries = Object.entries(value as { readonly [key: string]: Json }).map(([key, item]) => {
    const name = `${inner}${JSON.stringify(key)}: `
    return name + written(item, inner, name.length + 1)
  })
  return `{\n${entries.join(',\n')}\n${indent}}`
}

const isRows = (value: Json): value is readonly Json[] =>
  Array.isArray(value) && value.length > 0 && value.every((item) => isRecord(item))

const hasRows = (value: Json): boolean =>
  isRecord(value) && Object.values(value as { readonly [key: string]: Json }).some((one) => isRows(one) || hasRows(one))

function onOneLine(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(onOneLine).join(', ')}]`
  if (!isRecord(value)) return JSON.stringify(value)
  const entries = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${onOneLine(item as Json)}`)
  return entries.length ? `{ ${entries.join(', ')} }` : '{}'
}
