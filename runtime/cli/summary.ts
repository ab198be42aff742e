import { relative } from 'node:path'
import type { Report } from '../engine/report.ts'
import { fileWords } from '../engine/stored/nothing.ts'
import { duration, grouped, size, styled, table } from './print.ts'

/** Says how a run ended: row counts, outputs, what was rejected and where, and what to do next. */
export function printReport(report: Report, stream: NodeJS.WriteStream): void {
  const say = (text: string) => stream.write(`${text}\n`)
  say(nodeTable(report))
  for (const [node, about] of Object.entries(report.models)) say(styled('dim', `${node}: ${about}`, stream))
  for (const [node, { counts = {} }] of Object.entries(report.nodes)) {
    for (const [name, rows] of Object.entries(counts)) say(`${node}: ${grouped(rows)} ${inWords(name)}`)
  }
  for (const line of [...filesLines(report), ...skippedLines(report)]) say(line)
  for (const { node, path, rows, bytes } of report.outputs.filter((output) => output.path))
    say(`${node}: ${grouped(rows)} rows in ${near(path)}${bytes ? ` (${size(bytes)})` : ''}`)
  if (report.restarts)
    say(
      `${styled('yellow', `taken up again ${grouped(report.restarts)} ${report.restarts === 1 ? 'time' : 'times'}`, stream)}: rows crashed the run's process`,
    )
  say(lastLine(report, stream))
  if (report.error) {
    const { place, message, hint } = report.error
    process.stderr.write(
      `${styled('red', 'error:', process.stderr)} ${place.node ? `${place.node}: ` : ''}${message}\n${hint ? `  ${hint}\n` : ''}`,
    )
  }
  if (report.status !== 'done' && report.exitCode !== 2) say(`Go on with: headrace resume ${near(report.folder)}`)
  if (report.deadLetters.count) {
    say(
      `${styled('yellow', `${grouped(report.deadLetters.count)} rejected`, stream)} ${report.deadLetters.count === 1 ? 'row with its reason' : 'rows with their reasons'}: ${near(report.deadLetters.file as string)}`,
    )
  }
}

/** What a run over some files took, and what became of older rows. */
function filesLines(report: Report): string[] {
  if (report.filesNew === undefined) return []
  const replaced = report.outputs.flatMap(({ node, replacedRows = 0, prunedRows = 0 }) => [
    ...(replacedRows ? [`${node}: ${grouped(replacedRows)} older rows replaced`] : []),
    ...(prunedRows ? [`${node}: ${grouped(prunedRows)} rows of files that are gone removed`] : []),
  ])
  return [`files: ${fileWords(report)}`, ...replaced]
}

/** So many files are named one by one. */
const named = 10

/** Files that the run left out, with what of them is stored. */
function skippedLines({ skippedFiles = [] }: Report): string[] {
  const rows = (count: number | null) => (count === null ? 'some rows' : grouped(count))
  const lines = skippedFiles.slice(0, named).map(({ path, what, rowsStored, rowsSkipped, storedMore }) => {
    const more = storedMore.length ? ` (and more in ${storedMore.join(', ')})` : ''
    return `left out: ${path} ${what}; of it ${rows(rowsStored)} stored as it was${more}, ${rows(rowsSkipped)} not stored`
  })
  const left = skippedFiles.length - named
  return left > 0 ? [...lines, `left out: ${left} more files`] : lines
}

/** `notFinite` as `not finite`. */
const inWords = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)

function nodeTable({ nodes }: Report): string {
  const head = ['', 'in', 'out', 'filtered', 'rejected', 'size']
  const rows = Object.entries(nodes).map(([id, node]) => [
    id,
    grouped(node.in),
    grouped(node.out),
    grouped(node.filtered),
    grouped(node.rejected),
    node.bytes ? size(node.bytes) : '',
  ])
  return table([head, ...rows], new Set([1, 2, 3, 4, 5]))
}

/** The run in one line: an equation where every row went one way, else an arrow (pieces, several outputs). */
function lastLine({ rows, seconds, balanced, status }: Report, stream: NodeJS.WriteStream): string {
  const equal = rows.in === rows.stored + rows.rejected + rows.filtered
  const counts = [
    ...(rows.filtered ? [`${grouped(rows.filtered)} filtered`] : []),
    `${grouped(rows.stored)} stored`,
    `${grouped(rows.rejected)} rejected`,
  ]
  const text = `${grouped(rows.in)} in ${equal ? '=' : '→'} ${counts.join(', ')}`
  const match = balanced
    ? styled('green', 'row counts match', stream)
    : styled('red', 'row counts do not match', stream)
  return `${styled('bold', text, stream)} · ${match} · ${status} in ${duration(seconds)}`
}

/** A path as it is written from here. */
export function near(path: string): string {
  const from = relative(process.cwd(), path)
  return from.startsWith('..') ? path : from || '.'
}
