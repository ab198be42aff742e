import { grouped, styled } from '../cli/print.ts'
import { printProblem } from '../pipeline/print.ts'
import type { Difference } from './compare.ts'
import type { TestResult } from './run.ts'

/** More differences of one node than these are counted, not shown. */
const most = 20
const widest = 400

/** How a test went, for people: what is other than expected, node by node, row by row. */
export function describeTest({ name, ok, seconds, problems, differences, error, found }: TestResult): string {
  const time = styled('dim', ` ${Math.round(seconds * 1000)} ms`)
  if (ok) return [`${styled('green', '✓')} ${name}${time}`, ...problems.map(problemLine)].join('\n')
  const lines = [`${styled('red', '✗')} ${styled('bold', name)}`, ...problems.map(problemLine)]
  if (error) lines.push(...indented(printProblem(error), '  '))
  for (const [at, list] of Map.groupBy(differences, (one) => one.at)) {
    lines.push(`  ${styled('bold', at)}: ${summary(list, found[at]?.rows.length ?? 0)}`)
    const shown = [...grouping(list)].slice(0, most)
    lines.push(...shown.flatMap(([, one]) => describe(one)))
    const more = grouping(list).size - shown.length
    if (more > 0) lines.push(styled('dim', `    … and ${grouped(more)} more`))
  }
  return lines.join('\n')
}

const problemLine = (problem: TestResult['problems'][number]): string =>
  indented(printProblem(problem), '  ').join('\n')
const indented = (text: string, by: string): string[] => text.split('\n').map((line) => by + line)

/** Differences of one row together. */
const grouping = (list: readonly Difference[]): Map<string, Difference[]> =>
  Map.groupBy(list, (one) =>
    one.kind === 'value' || one.kind === 'missing'
      ? `row ${one.row}`
      : one.kind === 'extra'
        ? `+ ${one.foundRow}`
        : JSON.stringify(one),
  )

function summary(list: readonly Difference[], found: number): string {
  const rows = (kind: Difference['kind']) => [...grouping(list.filter((one) => one.kind === kind))].length
  const [values, missing, extra] = [rows('value'), rows('missing'), rows('extra')]
  const parts = [
    values && `${plural(values, 'row differs', 'rows differ')}`,
    missing && `${plural(missing, 'row is missing', 'rows are missing')}`,
    extra && `${plural(extra, 'row too many', 'rows too many')}`,
    rows('order') && `the same ${plural(found, 'row', 'rows')} in another order ("anyOrder": true lets that pass)`,
    rows('column') && 'other columns',
    rows('count') && 'other counts',
  ]
  return parts.filter(Boolean).join(', ')
}

const plural = (count: number, one: string, many: string): string => `${grouped(count)} ${count === 1 ? one : many}`

function describe(list: readonly Difference[]): string[] {
  const [first] = list
  if (!first) return []
  const minus = (text: string) => styled('red', `- ${text}`)
  const plus = (text: string) => styled('green', `+ ${text}`)
  switch (first.kind) {
    case 'value': {
      const where = first.row === first.foundRow ? '' : `, found as row ${first.foundRow}`
      const width = Math.max(...list.map((one) => ('column' in one ? one.column.length : 0)))
      return [
        `    row ${first.row}${where}`,
        ...list.flatMap((one) =>
          one.kind === 'value'
            ? [
                `      ${one.column.padEnd(width)}  expected ${styled('red', json(one.expected))}`,
                `      ${' '.repeat(width)}     found ${styled('green', json(one.found))}`,
              ]
            : [],
        ),
      ]
    }
    case 'missing':
      return [`    ${minus(`row ${first.row} is missing: ${json(first.expected)}`)}`]
    case 'extra':
      return [`    ${plus(`row ${first.foundRow} was not expected: ${json(first.found)}`)}`]
    case 'count':
      return [
        `    ${first.count}: expected ${styled('red', grouped(first.expected))}, found ${styled('green', grouped(first.found))}`,
      ]
    case 'column':
      return [`    ${columnLine(first)}`]
    default:
      return []
  }
}

function columnLine({ column, expected, found }: Extract<Difference, { kind: 'column' }>): string {
  if (expected === null) return styled('green', `+ column ${column} (${found}) was not expected`)
  if (found === null) return styled('red', `- column ${column} (${expected}) is missing`)
  return `column ${column}: expected ${styled('red', expected)}, found ${styled('green', found)}`
}

function json(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length > widest ? `${text.slice(0, widest)}…` : text
}
