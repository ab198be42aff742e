import { columnsIn } from '../expression/columnnames.ts'
import type { Constants } from '../expression/constants.ts'
import { checkExpression } from '../expression/index.ts'
import type { CheckExpression, Inputs, Json, NodeDefinition, Report } from '../sdk/node.ts'
import { settingsWithText } from './places.ts'
import { HeadraceError } from './problem.ts'
import { Schema } from './schema.ts'
import type { Field } from './types.ts'

/** A problem of a node before its place in the file is known. */
export interface NodeProblem {
  readonly severity: 'error' | 'warning'
  readonly code: string
  readonly message: string
  readonly hint?: string
  readonly setting?: string
  readonly span?: readonly [start: number, end: number]
  /** The column that is meant, where it is one. */
  readonly column?: string
}

export interface ColumnsQuestion {
  readonly definition: Exclude<NodeDefinition, { kind: 'source' }>
  readonly config: Readonly<Record<string, unknown>>
  /** By the input's name, in a fixed order; '' for the only one of a node that names none. */
  readonly inputs: Inputs
  readonly probe: Json
  /** What `describe` answered, for a node that needs all rows; null for others. */
  readonly described?: Json
  /** What `param.x` and `run.x` are in its expressions: the same values are the same object. */
  readonly constants?: Constants | undefined
}

/** What a node says of its columns; `fields` is null where it threw, and may be wrong where it reported an error. */
export interface ColumnsAnswer {
  /** Null where errors hide the columns, and for a sink. */
  readonly output: Schema | null
  readonly fields: readonly Field[] | null
  readonly problems: readonly NodeProblem[]
}

/** The last answer of each node's settings for the columns that enter; both are objects that nobody changes. */
const answers = new WeakMap<object, WeakMap<Schema, Answered>>()

interface Answered extends ColumnsQuestion {
  readonly answer: ColumnsAnswer
}

/** Asks a node which columns leave it: once for the same settings, columns and probe. */
export function columnsOf(question: ColumnsQuestion): ColumnsAnswer {
  const { config, inputs } = question
  const [first] = Object.values(inputs)
  if (!first) return ask(question)
  const known = answers.get(config) ?? new WeakMap<Schema, Answered>()
  answers.set(config, known)
  const before = known.get(first)
  if (before && sameQuestion(before, question)) return before.answer
  const answer = ask(question)
  known.set(first, { ...question, answer })
  return answer
}

function sameQuestion(a: ColumnsQuestion, b: ColumnsQuestion): boolean {
  if (a.definition !== b.definition || a.probe !== b.probe || a.described !== b.described) return false
  if (a.constants !== b.constants) return false
  const names = Object.keys(a.inputs)
  if (names.length === 1) return a.inputs[''] === b.inputs['']
  return (
    names.join('\n') === Object.keys(b.inputs).join('\n') && names.every((name) => a.inputs[name] === b.inputs[name])
  )
}

function ask({ definition, config, inputs, probe, described = null, constants }: ColumnsQuestion): ColumnsAnswer {
  const problems: NodeProblem[] = []
  const add = (problem: NodeProblem) => {
    const text = JSON.stringify(problem)
    if (!problems.some((other) => JSON.stringify(other) === text)) problems.push(problem)
  }
  const report: Report = ({ severity = 'error', ...problem }) => add({ severity, ...problem })
  let fields: readonly Field[] | null = null
  try {
    // The settings were checked against the node's own schema, from which its functions take their types.
    const context = { config: config as never, report, expression: expressionChecker(config, constants, add) }
    if (definition.kind === 'table') fields = definition.columns({ ...context, inputs, described })
    else {
      const input = inputs[''] as Schema
      fields = (definition.columns?.({ ...context, input, probe }) ?? null) as readonly Field[] | null // a sink's gives nothing
    }
  } catch (error) {
    add(thrown(error))
  }
  if (definition.kind === 'sink') return { output: null, fields: null, problems }
  if (fields && !problems.some(isError)) problems.push(...twiceNamed(fields))
  const known = fields && !problems.some(isError)
  const same = Object.values(inputs).find((input) => input.fields === fields)
  const output = !known ? null : (same ?? new Schema(fields as readonly Field[]))
  return { output, fields, problems }
}

/** Whether a problem stops a run. */
export const isError = ({ severity }: { readonly severity: 'error' | 'warning' }): boolean => severity === 'error'

/** A problem for the first name that two columns share. */
export function twiceNamed(fields: readonly Field[]): NodeProblem[] {
  const names = new Set<string>()
  for (const { name } of fields) {
    if (names.has(name)) {
      const message = `two columns called "${name}" would leave this node`
      return [{ severity: 'error', code: 'duplicate-column', message, hint: 'Give one of them another name.' }]
    }
    names.add(name)
  }
  return []
}

/** What a node threw where it should have reported, as a problem. */
export function thrown(error: unknown): NodeProblem {
  if (error instanceof HeadraceError) {
    const { code, message, hint, place } = error
    const { setting, span, column } = place
    const at = { ...(setting && { setting }), ...(span && { span }), ...(column !== undefined && { column }) }
    return { severity: 'error', code, message, ...(hint && { hint }), ...at }
  }
  const message = error instanceof Error ? error.message : String(error)
  const hint = 'This is a fault in the node, not in the pipeline.'
  return { severity: 'error', code: 'node-fault', message: `the node threw while it was checked: ${message}`, hint }
}

function expressionChecker(
  config: unknown,
  constants: Constants | undefined,
  add: (problem: NodeProblem) => void,
): CheckExpression {
  const asked = new Map<string, number>()
  return (text, input, wanted, at) => {
    const checked = checkExpression(text, input, { wanted, constants })
    // The same text may stand in several settings: they are asked for in order.
    const found = at === undefined ? settingsWithText(config, text) : [at]
    const turn = asked.get(text) ?? 0
    asked.set(text, turn + 1)
    if ('type' in checked) return checked.type
    const { code, message, start, end } = checked
    const hint = 'hint' in checked && typeof checked.hint === 'string' ? checked.hint : undefined
    const setting = found[Math.min(turn, found.length - 1)]
    const column = code === 'unknown-column' ? columnsIn(text.slice(start, end))[0]?.name : undefined
    const about = { ...(hint && { hint }), ...(setting && { setting }), ...(column !== undefined && { column }) }
    add({ severity: 'error', code, message, ...about, span: [start, end] })
    return null
  }
}
