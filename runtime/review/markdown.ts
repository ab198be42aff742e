import { commonSubsequence } from '../pipeline/edit/subsequence.ts'
import { isRecord, isSecret } from '../pipeline/shape.ts'
import type { Json } from '../sdk/node.ts'
import { againLines } from './againwords.ts'
import { code } from './code.ts'
import type { ColumnChange, NodeChange, Review, ValueChange } from './model.ts'
import { isNothing } from './review.ts'

/** A value longer than this, or with line ends, is shown line by line. */
const longest = 100

/** What two versions differ in, as Markdown for a pull request; it reads well on a terminal too. */
export function reviewMarkdown(review: Review, name: string): string {
  if (isNothing(review)) return `## ${name}: no differences\n`
  const { added, removed, changed, edges, params, settings, columns, unknown, problems, drawing } = review
  const sections = [
    section('Nodes', [
      ...added.map(({ id, type, config }) => [`- added ${code(id)} (${type})${inBrief(config)}`]),
      ...removed.map(({ id, type }) => [`- removed ${code(id)} (${type})`]),
      ...changed.map(nodeLines),
    ]),
    section('Edges', [
      ...edges.added.map((edge) => [`- added ${code(edge)}`]),
      ...edges.removed.map((edge) => [`- removed ${code(edge)}`]),
      ...edges.reordered.map((id) => [`- those into ${code(id)} stand in another order`]),
    ]),
    section('Columns', [
      ...columns.map(columnLine),
      ...unknown.map(({ edges: on, side, why }) => [
        `- not known on ${on.map(code).join(', ')} in ${side === 'both' ? 'either' : `the ${side}`} version: ${why}`,
      ]),
    ]),
    section(
      'Parameters',
      params.map((one) => valueLines(one)),
    ),
    section(
      'Settings of the run',
      settings.map((one) => valueLines(one)),
    ),
    section('Problems', [
      ...problems.added.map(({ severity, message, hint, place }) => [
        `- new ${severity}${place.node ? ` at ${code(place.node)}` : ''}: ${message}${hint ? ` ${hint}` : ''}`,
      ]),
      ...problems.solved.map(({ message, place }) => [
        `- solved${place.node ? ` at ${code(place.node)}` : ''}: ${message}`,
      ]),
    ]),
    ...(drawing.length ? [`Drawn or told otherwise: ${drawing.join(', ')}.`] : []),
  ].filter(Boolean)
  return `${[`## ${name}`, againLines(review), ...sections].join('\n\n')}\n`
}

const section = (title: string, items: readonly (readonly string[])[]): string =>
  items.length ? `### ${title}\n\n${items.flat().join('\n')}` : ''

function inBrief(config: { readonly [name: string]: Json }): string {
  const parts = Object.entries(config).map(([name, value]) => `${name} ${code(short(value))}`)
  return parts.length ? `: ${parts.join(', ')}` : ''
}

function nodeLines({ id, type, was, typeBefore, disabled, settings }: NodeChange): string[] {
  const what = [
    was !== undefined && `renamed from ${code(was)}`,
    typeBefore !== undefined && `its type was ${typeBefore}`,
    disabled !== undefined && (disabled ? 'disabled' : 'enabled'),
  ].filter(Boolean)
  const head = `- ${code(id)} (${type})${what.length ? `: ${what.join(', ')}` : ''}`
  return [head, ...settings.flatMap((one) => valueLines(one, '  '))]
}

function valueLines({ setting, before, after, fallback, order }: ValueChange, indent = ''): string[] {
  const name = `${indent}- ${code(setting || 'settings')}`
  if (order) return [`${name}: another order`]
  if (setting.endsWith(']') && before === undefined) return [`${name}: added ${code(short(after))}`]
  if (setting.endsWith(']') && after === undefined) return [`${name}: removed ${code(short(before))}`]
  const usual = fallback === undefined ? '' : `, by default ${code(short(fallback))}`
  if (before === undefined)
    return [
      `${name}: set to ${code(short(after))}${fallback === undefined ? '' : ` (it was ${code(short(fallback))} by default)`}`,
    ]
  if (after === undefined) return [`${name}: no longer set (it was ${code(short(before))}${usual})`]
  const [a, b] = [textOf(before), textOf(after)]
  if (a.length <= longest && b.length <= longest && !`${a}${b}`.includes('\n'))
    return [`${name}: ${code(a)} → ${code(b)}`]
  const lines = lineDifference(linesOf(before), linesOf(after))
  return [`${name}:`, ...['```diff', ...lines, '```'].map((line) => `${indent}  ${line}`)]
}

function short(value: Json | undefined): string {
  const text = textOf(value).replaceAll('\n', '↵')
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}

/** A value as people write it: a text without quotes, unless it looks like something else. */
function textOf(value: Json | undefined): string {
  if (typeof value === 'string')
    return value === '' || /^(true|false|null|-?\d)/.test(value) || value.trim() !== value
      ? JSON.stringify(value)
      : value
  if (isSecret(value)) return `secret ${value.secret}`
  return JSON.stringify(value) ?? ''
}

/** The lines of a long value: of a text its own, of a list an item a line. */
function linesOf(value: Json): string[] {
  if (typeof value === 'string') return value.split('\n')
  if (Array.isArray(value)) return value.map((item: Json) => textOf(item))
  if (isRecord(value)) return Object.entries(value).map(([key, item]) => `${key}: ${textOf(item as Json)}`)
  return [textOf(value)]
}

/** Lines that go with −, lines that come with +, and what stands around them. */
function lineDifference(before: readonly string[], after: readonly string[]): string[] {
  const lines: string[] = []
  let [a, b] = [0, 0]
  for (const [toA, toB] of [...commonSubsequence(before, after), [before.length, after.length] as const]) {
    lines.push(...before.slice(a, toA).map((line) => `-${line}`), ...after.slice(b, toB).map((line) => `+${line}`))
    if (toA < before.length) lines.push(` ${before[toA]}`)
    ;[a, b] = [toA + 1, toB + 1]
  }
  return lines
}

function columnLine({ column, before, after, edges }: ColumnChange): string[] {
  const where = edges.map(code).join(', ')
  if (before === null) return [`- ${code(column)} (${after}) appears on ${where}`]
  if (after === null) return [`- ${code(column)} (${before}) vanishes from ${where}`]
  return [`- ${code(column)}: ${before} → ${after} on ${where}`]
}
