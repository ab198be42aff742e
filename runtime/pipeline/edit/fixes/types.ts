import { columnsIn } from '../../../expression/columnnames.ts'
import type { Json } from '../../../sdk/node.ts'
import { parseType } from '../../types.ts'
import { canCast, quoted, select } from '../conflicts.ts'
import type { Fix } from '../fix.ts'
import { insertBefore } from '../insert.ts'
import { type Ask, setFix, valueAt } from './ask.ts'
import { entering } from './upstream.ts'

/** A value of the wrong type: a column is cast before the node or another taken, an expression converts, a setting is rewritten. */
export function wrongType(ask: Ask): Fix[] {
  const { problem, value } = ask
  if (problem.place.span) return inExpression(ask)
  const column =
    typeof value === 'string'
      ? entering(ask.pipeline, ask.answer, ask.node).find(({ name }) => name === value)
      : undefined
  const wanted = /\bnot (string|a list)\b/.exec(problem.message)?.[1]
  if (!column || !wanted) return otherSpelling(ask)
  return wanted === 'string'
    ? asText(ask, column.name, column.type)
    : otherColumns(ask, (type) => type.startsWith('list<'))
}

/** A column that is no list, where one is asked for. */
export const notAList = (ask: Ask): Fix[] =>
  otherColumns(ask, (type) => ['list', 'fixed'].includes(parseType(type)?.kind ?? ''))

function asText(ask: Ask, column: string, type: string): Fix[] {
  const { node } = ask
  const cast = select([{ column, type: 'string' }])
  const before: Fix = {
    title: `Make \`${column}\` text before ${node}`,
    change: (pipeline) => insertBefore(pipeline, node, 'text', cast),
  }
  const others = otherColumns(ask, (one) => one === 'string')
  return canCast(type, 'string') ? [before, ...others] : others
}

/** Columns that would do instead, three at most. */
function otherColumns(ask: Ask, fits: (type: string) => boolean): Fix[] {
  const { pipeline, answer, node, path, value } = ask
  const outer = valueAt(pipeline.nodes[node]?.config, path.slice(0, -1))
  const taken = Array.isArray(outer) ? (outer as Json[]) : [value]
  const columns = entering(pipeline, answer, node).filter(({ name, type }) => fits(type) && !taken.includes(name))
  return columns
    .slice(0, 3)
    .map(({ name }) => setFix(`Use \`${name}\` instead of \`${String(value)}\``, ask, path, name))
}

/** The same value as another kind of JSON: `"5"` for 5. */
function otherSpelling(ask: Ask): Fix[] {
  const { problem, path, value } = ask
  const expected = /^expected (.*), found/.exec(problem.message)?.[1] ?? ''
  const next = respelled(value, expected)
  return next === undefined ? [] : [setFix(`Write ${JSON.stringify(next)}`, ask, path, next)]
}

function respelled(value: Json | undefined, expected: string): Json | undefined {
  if (typeof value === 'string' && /\b(whole )?number\b/.test(expected) && value.trim() !== '') {
    const number = Number(value)
    if (Number.isFinite(number) && (!expected.includes('whole') || Number.isInteger(number))) return number
  }
  if (typeof value === 'number' && expected.includes('whole number')) return Math.round(value)
  if (typeof value === 'string' && /true or false/.test(expected) && /^(true|false)$/i.test(value))
    return /^t/i.test(value)
  if ((typeof value === 'number' || typeof value === 'boolean') && /\ba text\b/.test(expected)) return String(value)
  if (typeof value === 'string' && /\ba list\b/.test(expected)) return [value]
  return undefined
}

function inExpression(ask: Ask): Fix[] {
  const { problem, pipeline, answer, node, path, value } = ask
  const { span } = problem.place
  if (typeof value !== 'string' || !span) return []
  const types = new Map(entering(pipeline, answer, node).map(({ name, type }) => [name, type]))
  const set = (title: string, text: string) => setFix(title, ask, path, text)
  if (problem.message.startsWith('A condition is a bool')) return asCondition(value, problem.message, set)
  const inside = columnsIn(value).filter(({ start, end }) => start >= span[0] && end <= span[1])
  const wrap = (kind: (type: string) => boolean, call: string) => {
    const chosen = inside.filter(({ name }) => kind(types.get(name) ?? ''))
    const text = chosen.reduceRight(
      (one, { start, end }) => `${one.slice(0, start)}${call}(${one.slice(start, end)})${one.slice(end)}`,
      value,
    )
    const names = [...new Set(chosen.map(({ name }) => name))]
    return names.length
      ? [set(`Read ${quoted(names)} as ${call === 'string' ? 'text' : 'a number'}: ${call}(…)`, text)]
      : []
  }
  const isText = (type: string) => type === 'string'
  if (/string\(…\)|takes a text/.test(problem.message)) return wrap((type) => !isText(type), 'string')
  const wantsNumber = /takes a number|does not take|does not compare/.test(problem.message)
  const others = wrap((type) => type !== '' && !isText(type), 'string')
  const compared = /does not compare/.test(problem.message) ? others : []
  return wantsNumber ? [...wrap(isText, 'number'), ...compared] : []
}

/** A value for a condition: whether there is one, or whether it is not 0. */
function asCondition(value: string, message: string, set: (title: string, text: string) => Fix): Fix[] {
  const type = parseType(/this is (.*)\.$/.exec(message)?.[1] ?? '')
  if (!type) return []
  const whole = columnsIn(value)[0]
  const simple = whole && whole.start === 0 && whole.end === value.trimEnd().length
  const text = simple ? value.trimEnd() : `(${value})`
  const fixes = [set('Ask whether there is a value', `${text} != null`)]
  if (type.kind === 'string') fixes.push(set('Ask whether it is not empty', `${text} != ""`))
  if (type.kind === 'int' || type.kind === 'float') fixes.push(set('Ask whether it is not 0', `${text} != 0`))
  return fixes
}

/** A cast that cannot be: keep the type, or make it text. */
export function noCast(ask: Ask): Fix[] {
  return [setFix('Keep its type', ask, ask.path, undefined), setFix('Make it text', ask, ask.path, 'string')]
}
