import { relative } from 'node:path'
import type { Report } from '../engine/report.ts'
import { duration, grouped, size, styled, table } from './print.ts'

/** Says how a run ended: row counts, outputs, what was rejected and where, and what to do next. */
export function printReport(report: Report, stream: NodeJS.WriteStream): void {
  const say = (text: string) => stream.write(`${text}\n`)
  say(nodeTable(report))
  for (const [node, about] of Object.entries(report.models)) say(styled('dim', `${node}: ${about}`, stream))
  for (const [node, { counts = {} }] of Object.entries(report.nodes)) {
    for (const [name, rows] of Object.entries(counts)) say(`${node}: ${grouped(rows)} ${name}`)
  }
  for (const { node, path, rows, bytes } of report.outputs)
    say(`${node}: ${grouped(rows)} rows in ${near(path)}${bytes ? ` (${size(bytes)})` : ''}`)
  say(lastLine(report, stream))
  if (report.error) {
    say(
      `${styled('red', 'error:', stream)} ${report.error.place.node ? `${report.error.place.node}: ` : ''}${report.error.message}`,
    )
    if (report.error.hint) say(`  ${report.error.hint}`)
  }
  if (report.status !== 'done') say(`Go on with: headrace resume ${near(report.folder)}`)
  if (report.deadLetters.count) {
    say(
      `${styled('yellow', `${grouped(report.deadLetters.count)} rejected`, stream)} rows with their reasons: ${near(report.deadLetters.file as string)}`,
    )
  }
}

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

function lastLine(report: Report, stream: NodeJS.WriteStream): string {
  const { nodes, outputs, seconds, balanced, status } = report
  const all = Object.values(nodes)
  const sinks = outputs.map(({ node }) => node)
  const fed = new Set(sinks)
  // A source is what read rows from outside: the nodes whose rows in no other node let out come first in the report.
  const read = all[0]?.in ?? 0
  const stored = sinks.reduce((sum, node) => sum + (nodes[node]?.out ?? 0), 0)
  const rejected = all.reduce((sum, node) => sum + node.rejected, 0)
  const filtered = all.reduce((sum, node) => sum + node.filtered, 0)
  const counts = [
    `${grouped(read)} in`,
    ...(filtered ? [`${grouped(filtered)} filtered`] : []),
    ...(fed.size ? [`${grouped(stored)} stored`] : []),
    `${grouped(rejected)} rejected`,
  ]
  const text = `${counts[0]} = ${counts.slice(1).join(', ')}`
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
