import { nearest } from '../../problem.ts'
import { canCast, select } from '../conflicts.ts'
import type { Fix } from '../fix.ts'
import { sameInput } from '../inputs.ts'
import { insertBefore } from '../insert.ts'
import { type Ask, type Maker, setFix } from './ask.ts'
import { inputNames } from './upstream.ts'

/** The keys of a join have types that cannot be compared: cast one of them before the input that it comes by. */
export const keysDiffer: Maker = ({ problem, pipeline, node }) => {
  const said = /^"(.*)" of (\w+) is (.+), "(.*)" of (\w+) is (.+)$/s.exec(problem.message)
  if (!said) return []
  const [, a = '', left = '', one = '', b = '', right = '', other = ''] = said
  const cast = (column: string, type: string, port: string, from: string): Fix[] => {
    const fed = pipeline.edges.some((edge) => sameInput(edge, { node, port }))
    if (!fed || !canCast(from, type)) return []
    const change: Fix['change'] = (now) => insertBefore(now, node, 'cast', select([{ column, type }]), port)
    return [{ title: `Make \`${column}\` ${type} before ${node}.${port}`, change }]
  }
  return [...cast(b, one, right, other), ...cast(a, other, left, one)]
}

/** A table or column in a query that is none: those that were probably meant, of tables all that there are. */
export const sqlName: Maker = (ask) => {
  const { problem, value, path } = ask
  const { span } = problem.place
  const [, meant, all] = /^(?:Did you mean (.*)\?|The inputs are (.*)\.)$/s.exec(problem.hint ?? '') ?? []
  const names = meant ?? all ?? nearColumn(ask)
  if (!span || names === undefined || names.startsWith('none') || typeof value !== 'string') return []
  // `o.prise` keeps the table before its dot.
  const start = span[0] + value.slice(...span).lastIndexOf('.') + 1
  return names.split(', ').map((quoted) => {
    const name = quoted.replace(/^"(.*)"$/s, '$1')
    const written = /^[A-Za-z_]\w*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`
    return setFix(`Use ${name}`, ask, path, value.slice(0, start) + written + value.slice(span[1]))
  })
}

/** `sold.prise` comes without a word of what was meant. */
function nearColumn({ problem, pipeline, answer, node }: Ask): string | undefined {
  const [, column] = /does not have a column named "(.*)"$/s.exec(problem.message) ?? []
  return (column !== undefined && nearest(column, inputNames(pipeline, answer, node))) || undefined
}
