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
  for (const some of byNode(steps)) lines.push('', ...printedSteps(some))
  const told = Map.groupBy(fates, ({ node, sentence }) => `${node}\n${sentence}`)
  return [...lines, '', ...[...told.values()].map(printedFates)].join('\n')
}

/** Steps of the same node that follow one another: those of a row's pieces. */
function byNode(steps: readonly TraceStep[]): TraceStep[][] {
  const groups: TraceStep[][] = []
  for (const step of steps) {
    const last = groups.at(-1)
    if (last?.[0]?.node === step.node) last.push(step)
    else groups.push([step])
  }
  return groups
}

/** What a node did with a row or its pieces; where they ended here alike it is said once. */
function printedSteps(steps: readonly TraceStep[]): string[] {
  const [{ node, type, outcome }] = steps as readonly [TraceStep]
  const same = steps.every((step) => step.outcome === outcome)
  const head = `${styled('cyan', node)}  ${styled('dim', type)}`
  const title = same && outcome !== 'passed' ? `${head}  ${styled(colours[outcome], outcome)}` : head
  const silent = ({ outputs, note, conditions, rejected }: TraceStep) =>
    outputs.length + conditions.length === 0 && !note && !rejected
  if (same && steps.every(silent)) return [steps.length > 1 ? `${title}, ${steps.length} pieces` : title]
  const each = steps.flatMap((step) => {
    const own = same ? '' : `  ${styled(colours[step.outcome], step.outcome)}`
    return [...(steps.length > 1 ? [`  ${styled('dim', step.identity)}${own}`] : []), ...printedStep(step)]
  })
  return [title, ...each]
}

const colours = { passed: 'dim', filtered: 'yellow', rejected: 'red', stored: 'green', unknown: 'yellow' } as const

function printedStep({ identity, outputs, more, conditions, rejected, note }: TraceStep): string[] {
  const lines = note ? [`  ${note}`] : []
  lines.push(...conditions.flatMap(printedCondition))
  if (rejected) lines.push(`  ${rejected.code}: ${rejected.message}`)
  for (const [i, output] of outputs.entries()) lines.push(...printedOutput(output, identity, i > 0))
  if (more) lines.push(`  … and ${grouped(more)} more pieces; name one by its identity to follow it`)
  return lines
}

function printedCondition({ setting, expression, value, error, columns }: TracedCondition): string[] {
  const is = error ?? (value === null ? 'has no value' : `is ${value}`)
  const values = columns.map(({ column, type, value: one }) => `    ${column} = ${textOf(one, type)}`)
  return [`  ${styled('dim', setting)}  ${expression}  ${styled(value ? 'green' : 'yellow', is)}`, ...values]
}

/** `another`: what did not change stands at the piece before it. */
function printedOutput(
  { identity, port, to, values, dropped }: TracedOutput,
  entered: string,
  another: boolean,
): string[] {
  const way = [port && `by "${port}"`, to.length > 1 && `to ${to.join(', ')}`].filter(Boolean).join(' ')
  const head = [identity === entered ? '' : identity, way].filter(Boolean).join('  ')
  const shown = another ? values.filter(({ mark }) => mark !== null) : values
  const width = Math.min(24, Math.max(0, ...values.map(({ column }) => column.length)))
  return [
    ...(head ? [styled('dim', `  → ${head}`)] : []),
    ...shown.map(({ column, type, value, mark, before, head: first }) => {
      const was = mark === 'changed' ? styled('dim', `  was ${textOf(before, type, [], 60)}`) : ''
      const sign = mark === 'new' ? styled('green', '+') : mark === 'changed' ? styled('yellow', '~') : ' '
      return `  ${sign} ${column.padEnd(width)}  ${textOf(value, type, first)}${was}`
    }),
    ...(dropped.length && !another
      ? [`  ${styled('red', '-')} ${styled('dim', `without ${dropped.join(', ')}`)}`]
      : []),
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

/** Fates with the same words. */
function printedFates(fates: readonly TracedFate[]): string {
  const [{ fate, sentence, identity }] = fates as readonly [TracedFate]
  const whose = fates.length === 1 ? identity : `${fates.length} pieces from ${identity}`
  return `${styled(tints[fate], `${marks[fate]} ${fate}`)}  ${styled('dim', whose)}  ${sentence}`
}

const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text)
