import type { Json } from '../../sdk/node.ts'
import type { Pipeline, PipelineParam } from '../model.ts'
import { type Positions, placeAt } from '../positions.ts'
import { nearest, type Place, type Problem } from '../problem.ts'
import { variableOf } from './declare.ts'
import { piecesOf } from './references.ts'
import { exampleOf, type ParamType, type ParamValue, paramTypeOf, readValue } from './value.ts'

/** A value from outside. A later one of the same name wins. */
export interface GivenParam {
  readonly name: string
  readonly value: Json
  /** How it was given, for a message: `--param day=…`; '' where its place says it. */
  readonly by: string
  readonly place?: Place
  /** It is of an earlier run or remembered by the page: what the pipeline has no more is passed over. */
  readonly recorded?: boolean
}

/** The values of a run: what its parameters are, and what `run.id` and `run.date` mean in it. */
export interface RunValues {
  /** In the order of the file; a value is null where none was given. */
  readonly params: { readonly [name: string]: { readonly type: ParamType; readonly value: ParamValue | null } }
  readonly run: RunNames
}

/** What `run.id` and `run.date` mean; the date is the day on the machine's clock, in its own time zone. */
export interface RunNames {
  readonly id: string
  readonly date: string
}

/** What stands for a run's id where there is no run yet. */
export const noRunId = '00000000-000000-0000'

/** Values without parameters. */
export const noValues: RunValues = { params: {}, run: { id: noRunId, date: '1970-01-01' } }

export interface ParamsQuestion {
  readonly pipeline: Pick<Pipeline, 'params'>
  readonly positions?: Positions | undefined
  /** In the order of precedence, the strongest last. */
  readonly given: readonly GivenParam[]
  readonly environment: { readonly [variable: string]: string | undefined }
  readonly run: RunNames
}

/** Settles what every parameter is: given, else from the environment, else its default. */
export function resolveParams(question: ParamsQuestion): { values: RunValues; problems: Problem[] } {
  const { pipeline, positions, given, environment, run } = question
  const declared = pipeline.params ?? {}
  const problems: Problem[] = []
  const unknown = given.filter(({ name, recorded }) => !recorded && !Object.hasOwn(declared, name))
  for (const { name, by, place } of unknown) problems.push(unknownParam(name, Object.keys(declared), by, place))
  const params: Record<string, RunValues['params'][string]> = {}
  for (const [name, param] of Object.entries(declared)) {
    const at = (...path: string[]) => placeAt(positions, ['params', name, ...path])
    const type = paramTypeOf(param.type)
    // A type that is none was reported when the file was read.
    if (!type) {
      params[name] = { type: 'string', value: null }
      continue
    }
    const fallback = defaultOf(name, type, param, run)
    if (fallback && 'code' in fallback) problems.push({ severity: 'error', ...fallback, place: at('default') })
    const variable = variableOf(name)
    const outside = environment[variable]
    const chosen: GivenParam | undefined =
      given.findLast((one) => one.name === name) ??
      (outside === undefined ? undefined : { name, value: outside, by: variable })
    const read = chosen && readValue(type, chosen.value)
    if (read && 'code' in read) {
      const about = chosen.by || `parameter "${name}"`
      problems.push({ severity: 'error', ...read, message: `${about}: ${read.message}`, place: chosen.place ?? {} })
    }
    const settled = read ?? fallback
    const value = settled && 'value' in settled ? settled.value : null
    if (!settled) problems.push(missing(name, type, at()))
    params[name] = { type, value }
  }
  return { values: { params, run }, problems }
}

/** The default of a parameter; `${run.date}` and `${run.id}` may stand in it. */
function defaultOf(name: string, type: ParamType, param: PipelineParam, run: RunNames) {
  if (param.default === undefined) return null
  let given = param.default
  const pieces = typeof given === 'string' ? piecesOf(given) : null
  if (pieces) {
    const wrong = pieces.find((piece) => piece.name !== null && piece.name !== 'run.date' && piece.name !== 'run.id')
    if (wrong) {
      const message = `params.${name}.default: only \${run.date} and \${run.id} may stand in a default, not ${wrong.text}`
      return { code: 'wrong-param', message, hint: 'Write $${ for a plain ${.' }
    }
    given = pieces
      .map((piece) => (piece.name === null ? piece.text : run[piece.name === 'run.id' ? 'id' : 'date']))
      .join('')
  }
  const read = readValue(type, given)
  return 'code' in read ? { ...read, message: `params.${name}.default: ${read.message}` } : read
}

function missing(name: string, type: ParamType, place: Place): Problem {
  return {
    severity: 'error',
    code: 'missing-param',
    message: `the parameter "${name}" has no value`,
    hint: `Give it: --param ${name}=${exampleOf[type]}, in a file named by --params, or as ${variableOf(name)}; or give it a default.`,
    place,
  }
}

/** A name that is no parameter's, with the nearest that is. */
export function unknownParam(name: string, known: readonly string[], by = '', place: Place = {}): Problem {
  return {
    severity: 'error',
    code: 'unknown-param',
    message: `${by && `${by}: `}there is no parameter "${name}"`,
    hint: adviceOnParam(name, known),
    place,
  }
}

/** What to do about a name that is no parameter's. */
export function adviceOnParam(name: string, known: readonly string[]): string {
  const meant = nearest(name, known)
  if (meant) return `Did you mean "${meant}"?`
  if (known.length) return `The parameters are ${known.join(', ')}.`
  return `The pipeline has none; add "params": { "${name || 'day'}": { "type": "string" } }.`
}

/** The values as run.json and the report have them. */
export function plainValues(values: RunValues): Record<string, ParamValue> {
  return Object.fromEntries(
    Object.entries(values.params).flatMap(([name, { value }]) => (value === null ? [] : [[name, value]])),
  )
}
