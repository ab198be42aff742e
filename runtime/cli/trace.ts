import { givenState } from '../engine/statefolder.ts'
import { Pool } from '../memory/index.ts'
import { Sessions } from '../preview/sessions.ts'
import type {
  TraceAnswer,
  TracedCondition,
  TracedFate,
  TracedOutput,
  TracedRow,
  TraceStep,
} from '../server/api/trace.ts'
import { textOf, traceRows } from '../trace/index.ts'
import { findRun } from './findrun.ts'
import { grouped, styled } from './print.ts'

/** `headrace trace`: one row's way through the nodes of a run. */
export async function trace(
  which: string,
  row: string,
  flags: { readonly rows: number; readonly state?: string; readonly json?: boolean },
): Promise<number> {
  const path = findRun(which, givenState(flags.state), (runs) => runs.find(({ run }) => run.replayOf === null))
  const sessions = new Sessions()
  const stop = new AbortController()
  try {
    const answer = await traceRows(path, { row, rows: flags.rows }, { sessions, pool: new Pool(1 << 30) }, stop.signal)
    process.stdout.write(flags.json ? `${JSON.stringify(answer)}\n` : printed(answer))
    return 0
  } finally {
    await sessions.close()
  }
}

/** A trace for people: narrow, each node with what it changed. */
function printed({ run, status, found, rows, notes, asked }: TraceAnswer): string {
  const head = [styled('dim', `run ${run}, ${status}`), ...notes.map((note) => styled('yellow', `note: ${note}`))]
  if (found === 0) head.push(`no row has ${asked}`)
  if (found > rows.length && rows.length)
    head.push(`${grouped(found)} rows have ${asked}; the first ${rows.length === 1 ? 'one' : rows.length} of them:`)
  return `${[...head, ...rows.map(printedRow)].join('\n')}\n`
}

function printedRow({ identity, file, row, line, raw, steps, fates }: TracedRow): string {
  const where = file
    ? `${file} row ${grouped(row)}${line === null ? '' : `, line ${grouped(line)}`}`
    : `row ${grouped(row)}`
  const lines = ['', `${styled('bold', where)}  ${styled('dim', identity)}`]
  if (raw !== null) lines.push(styled('dim', `  ${cut(raw.replaceAll('\n', '⏎'), 100)}`))
  const several = steps.some((step, i) => steps.findIndex(({ node }) => node === step.node) < i)
  for (const step of steps) lines.push('', ...printedStep(step, several))
  return [...lines, '', ...fates.map((fate) => printedFate(fate, fates.length > 1))].join('\n')
}

const colours = { passed: 'dim', filtered: 'yellow', rejected: 'red', stored: 'green', unknown: 'yellow' } as const

function printedStep(
  { node, type, outcome, identity, outputs, more, conditions, rejected, note }: TraceStep,
  several: boolean,
): string[] {
  const lines = [
    `${styled('cyan', node)}  ${styled('dim', type)}${outcome === 'passed' ? '' : `  ${styled(colours[outcome], outcome)}`}`,
  ]
  if (several) lines.push(styled('dim', `  ${identity}`))
  if (note) lines.push(`  ${note}`)
  lines.push(...conditions.flatMap(printedCondition))
  if (rejected) lines.push(`  ${rejected.code}: ${rejected.message}`)
  for (const output of outputs) lines.push(...printedOutput(output, identity))
  if (more) lines.push(`  … and ${grouped(more)} more pieces; name one by its identity to follow it`)
  return lines
}

function printedCondition({ setting, expression, value, error, columns }: TracedCondition): string[] {
  const is = error ?? (value === null ? 'has no value' : `is ${value}`)
  const values = columns.map(({ column, type, value: one }) => `    ${column} = ${textOf(one, type)}`)
  return [`  ${styled('dim', setting)}  ${expression}  ${styled(value ? 'green' : 'yellow', is)}`, ...values]
}

function printedOutput({ identity, port, to, values, dropped }: TracedOutput, entered: string): string[] {
  const way = [port && `by "${port}"`, to.length > 1 && `to ${to.join(', ')}`].filter(Boolean).join(' ')
  const head = [identity === entered ? '' : identity, way].filter(Boolean).join('  ')
  const width = Math.min(24, Math.max(0, ...values.map(({ column }) => column.length)))
  return [
    ...(head ? [styled('dim', `  → ${head}`)] : []),
    ...values.map(({ column, type, value, mark, before, head: first }) => {
      const was = mark === 'changed' ? styled('dim', `  was ${textOf(before, type, [], 60)}`) : ''
      const sign = mark === 'new' ? styled('green', '+') : mark === 'changed' ? styled('yellow', '~') : ' '
      return `  ${sign} ${column.padEnd(width)}  ${textOf(value, type, first)}${was}`
    }),
    ...(dropped.length ? [`  ${styled('red', '-')} ${styled('dim', `without ${dropped.join(', ')}`)}`] : []),
  ]
}

const marks = { stored: '✓', waiting: '…', replaced: '↷', filtered: '∅', rejected: '✗', unknown: '?' } as const
const tints = {
  stored: 'green',
  waiting: 'yellow',
  replaced: 'yellow',
  filtered: 'yellow',
  rejected: 'red',
  unknown: 'yellow',
} as const

const printedFate = ({ fate, sentence, identity }: TracedFate, several: boolean): string =>
  `${styled(tints[fate], `${marks[fate]} ${fate}`)}  ${several ? `${styled('dim', identity)}  ` : ''}${sentence}`

const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text)
