import type { Node } from 'jsonc-parser'
import { fileValue, formatPipeline } from '../format.ts'
import { readJson } from '../json.ts'
import type { Pipeline } from '../model.ts'
import { properties } from '../positions.ts'
import { rewritten } from './rewrite.ts'
import { styleOf } from './textstyle.ts'

/**
 * The file's text after a change: only the lines that the change concerns are others, and what is new looks like what
 * is there. `before` is what `text` was read as. What a pipeline does not hold (unknown keys, values of wrong shape) stays.
 */
export function editText(text: string, before: Pipeline, after: Pipeline): string {
  if (before === after) return text
  return formatted(text, before, after) ?? edited(text, before, after) ?? formatPipeline(after)
}

/** A file that is just as `formatPipeline` writes it (or another program's line ends apart) stays so. */
function formatted(text: string, before: Pipeline, after: Pipeline): string | null {
  const mark = text.startsWith('\ufeff') ? '\ufeff' : ''
  const crlf = text.includes('\r\n')
  const plain = crlf ? text.replaceAll('\r\n', '\n') : text
  const ending = text.endsWith('\n') ? '' : '\n'
  if (plain.slice(mark.length) + ending !== formatPipeline(before)) return null
  const next = formatPipeline(after)
  const ended = ending ? next.slice(0, -1) : next
  return mark + (crlf ? ended.replaceAll('\n', '\r\n') : ended)
}

function edited(text: string, before: Pipeline, after: Pipeline): string | null {
  const { positions } = readJson(text)
  const root: Node | undefined = positions.root
  if (root?.type !== 'object') return null
  const body = positions.text
  const mark = text.slice(0, text.length - body.length)
  const keep = hasForeignSettings(root, before)
  const valueIn = (pipeline: Pipeline) => ({
    ...fileValue(pipeline),
    ...(keep && { settings: { ...pipeline.settings } }),
  })
  const whole = rewritten(root, valueIn(before), valueIn(after), [], styleOf(body, root))
  return mark + body.slice(0, root.offset) + whole + body.slice(root.offset + root.length)
}

/** Settings of a run that are not read: they stay where the last known one goes. */
function hasForeignSettings(root: Node, { settings }: Pipeline): boolean {
  const part = properties(root).find(({ key }) => key === 'settings')?.node
  return part?.type === 'object' && properties(part).some(({ key }) => !Object.hasOwn(settings, key))
}
