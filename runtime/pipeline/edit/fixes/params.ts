import { isRecord } from '../../shape.ts'
import { type Maker, meantIn, setFix } from './ask.ts'

/** A parameter that there is none of: the nearest one in its place. */
export const unknownParam: Maker = (ask) => {
  const { value, problem } = ask
  const meant = meantIn(problem.hint) ?? /did you mean "([^"]+)"/.exec(problem.message)?.[1]
  const span = problem.place.span
  if (!meant || !span || typeof value !== 'string') return []
  const written = value.slice(span[0], span[1]).startsWith('$') ? `\${${meant}}` : `param.${meant}`
  return [setFix(`Use ${written}`, ask, ask.path, value.slice(0, span[0]) + written + value.slice(span[1]))]
}

/** A value cannot be put into an expression: it is named there, without the quotes around it. */
export const plainParam: Maker = (ask) => {
  const { value, problem } = ask
  const named = /^Write (.*), without quotes\.$/.exec(problem.hint ?? '')?.[1]
  const span = problem.place.span
  if (!named || !span || typeof value !== 'string') return []
  const [start, end] = span
  const quoted = /["']/.test(value[start - 1] ?? '') && value[start - 1] === value[end] ? 1 : 0
  const next = value.slice(0, start - quoted) + named + value.slice(end + quoted)
  return [setFix(`Write ${named}`, ask, ask.path, next)]
}

/** A column that is not as pinned: the source adapts, or a column that is gone is no longer pinned. */
export const drifted: Maker = (ask) => {
  const { pipeline, node, problem } = ask
  const { pin, onDrift } = pipeline.nodes[node]?.config ?? {}
  const { column } = problem.place
  if (problem.severity === 'warning') return []
  const adapts = problem.hint?.startsWith('Set onDrift') && onDrift !== 'adapt'
  const gone = problem.message.includes('found no such column') && column !== undefined && isRecord(pin)
  const left = gone ? Object.entries(pin).filter(([name]) => name !== column) : []
  return [
    ...(adapts ? [setFix('Set onDrift to "adapt"', ask, ['onDrift'], 'adapt')] : []),
    ...(left.length ? [setFix(`Take \`${column}\` out of the pin`, ask, ['pin'], Object.fromEntries(left))] : []),
  ]
}
