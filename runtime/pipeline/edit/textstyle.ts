import type { Node } from 'jsonc-parser'
import type { Json } from '../../sdk/node.ts'
import { isRecord } from '../shape.ts'

/** How a file is written, so that what is new in it looks like what is there. */
export interface TextStyle {
  readonly text: string
  readonly eol: string
  /** One level of indentation; null: the whole file is one line. */
  readonly unit: string | null
  /** Between a key and its value: `: `. */
  readonly colon: string
  /** Between two entries of one line: `, `. */
  readonly comma: string
  /** Inside the braces and the brackets of one line: `{ "a": 1 }`. */
  readonly brace: string
  readonly bracket: string
  /** Whether a list or object that fits may stand on one line; false: each entry has its own. */
  readonly inline: boolean
}

/** Up to so many characters an object stands on one line, where the file has such. */
const width = 120

/** Finds out how a file is written: of several ways the commonest. */
export function styleOf(text: string, root: Node): TextStyle {
  const nodes = inside(root)
  const containers = nodes.filter((node) => isContainer(node) && node.children?.length)
  const flat = containers.filter((node) => !slice(text, node).includes('\n'))
  const pads = (type: Node['type']) =>
    flat
      .filter((node) => node.type === type)
      .map(({ offset, children }) => text.slice(offset + 1, children?.[0]?.offset))
  const gaps = (pairs: readonly (Node | undefined)[][]) =>
    pairs.flatMap(([one, two]) => (one && two ? [text.slice(one.offset + one.length, two.offset)] : []))
  const colon =
    commonest(gaps(nodes.flatMap(({ type, children = [] }) => (type === 'property' ? [children] : [])))) ?? ': '
  const commas = gaps(flat.flatMap(({ children = [] }) => children.slice(1).map((child, i) => [children[i], child])))
  const broken = /^[ \t]*\r?\n/.test(text.slice(root.offset + 1))
  const airy = colon.endsWith(' ')
  return {
    text,
    eol: text.includes('\r\n') ? '\r\n' : '\n',
    unit: broken ? indentAt(text, root.children?.[0]?.offset ?? 0) || '  ' : null,
    colon,
    comma: commonest(commas) ?? (airy ? ', ' : ','),
    brace: commonest(pads('object')) ?? (broken && airy ? ' ' : ''),
    bracket: commonest(pads('array')) ?? '',
    inline: !broken || flat.length > 0 || containers.length < 3,
  }
}

function commonest(texts: readonly string[]): string | undefined {
  const counts = new Map<string, number>()
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1)
  return [...counts].reduce<[string, number] | undefined>(
    (best, one) => (best && best[1] >= one[1] ? best : one),
    undefined,
  )?.[0]
}

const isContainer = ({ type }: Node): boolean => type === 'object' || type === 'array'

/** A value and everything in it. */
function inside(root: Node): Node[] {
  const nodes = [root]
  for (let i = 0; i < nodes.length; i++) for (const child of nodes[i]?.children ?? []) nodes.push(child)
  return nodes
}

/** The text of a value. */
export const slice = (text: string, { offset, length }: Node): string => text.slice(offset, offset + length)

/** The white space with which the line begins that an offset lies in. */
export function indentAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? ''
}

/** What a new value goes by: how far in it stands, and a neighbour of its kind that it should look like. */
export interface Surrounding {
  readonly indent: string
  /** Characters before it on its line. */
  readonly used: number
  readonly like?: Node | undefined
  /** Each entry has a line of its own, as in `nodes` and `edges`. */
  readonly open?: boolean
}

/** A new value as text, in the file's style. */
export function written(value: Json, style: TextStyle, around: Surrounding): string {
  const entries = Array.isArray(value) ? value : isRecord(value) ? Object.entries(value) : null
  if (entries === null) return JSON.stringify(value)
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  if (entries.length === 0) return `${open}${close}`
  const { text, unit, eol } = style
  const flat = onOneLine(value, style)
  const model = around.like && isContainer(around.like) && around.like.children?.length ? around.like : undefined
  const mayInline = model ? !slice(text, model).includes('\n') : style.inline
  const fits = around.used + flat.length <= width || (model !== undefined && mayInline && model.length >= flat.length)
  if (unit === null || (!around.open && mayInline && fits)) return flat
  const indent = around.indent + unit
  const lines = Array.isArray(value)
    ? value.map((item: Json) => written(item, style, { indent, used: indent.length + 1, like: likeOf(model, null) }))
    : Object.entries(value as { readonly [key: string]: Json }).map(([key, item]) => {
        const name = JSON.stringify(key) + style.colon
        const used = indent.length + name.length + 1
        return name + written(item, style, { indent, used, like: likeOf(model, key) })
      })
  return `${open}${eol}${lines.map((line) => indent + line).join(`,${eol}`)}${eol}${around.indent}${close}`
}

function likeOf(model: Node | undefined, key: string | null): Node | undefined {
  if (key === null) return model?.type === 'array' ? model.children?.at(-1) : undefined
  return model?.children?.find(({ children }) => children?.[0]?.value === key)?.children?.[1]
}

function onOneLine(value: Json, style: TextStyle): string {
  const { bracket, brace, comma, colon } = style
  if (Array.isArray(value)) {
    const items = (value as readonly Json[]).map((item) => onOneLine(item, style))
    return items.length ? `[${bracket}${items.join(comma)}${bracket}]` : '[]'
  }
  if (!isRecord(value)) return JSON.stringify(value)
  const entries = Object.entries(value).map(
    ([key, item]) => `${JSON.stringify(key)}${colon}${onOneLine(item as Json, style)}`,
  )
  return entries.length ? `{${brace}${entries.join(comma)}${brace}}` : '{}'
}
