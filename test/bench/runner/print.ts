import type { Spread } from './contest.ts'
import type { Machine } from './machine.ts'
import type { Finding, Measure, Table } from './measure.ts'

/** A finding as Markdown. */
export function printFinding({ title, about }: Measure, { table, notes }: Finding): string {
  return [`## ${title}`, about, printTable(table), ...notes.map((note) => `- ${note}`)]
    .join('\n\n')
    .replaceAll('\n\n- ', '\n- ')
}

/** The line that says what the figures were taken on. */
export function printMachine({ cores, memoryGiB, system, versions, load, commit }: Machine, quick: boolean): string {
  const names = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  const busy =
    load > cores / 4 ? ` **The machine was busy (load ${load}): read the ratios only.**` : ` Load before: ${load}.`
  const small = quick ? ' **Quick: small inputs, the figures mean little.**' : ''
  return `${cores} cores, ${memoryGiB} GiB, ${system}; ${names.join(', ')}; commit ${commit}.${busy}${small} Medians, in brackets least–most.`
}

/** A table as Markdown; its first columns lie on the left. */
export function printTable({ head, rows }: Table, left = 1): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, i) => (i < left ? '---' : '--:'))), ...rows.map(line)].join('\n')
}

const brackets = ({ median, least, most }: Spread, write: (value: number) => string): string =>
  least === most ? write(median) : `${write(median)} (${write(least)}–${write(most)})`

export const seconds = (of: Spread): string => `${brackets(of, (value) => value.toFixed(value < 10 ? 2 : 1))} s`
export const milliseconds = (of: Spread): string => `${brackets(of, (value) => (value * 1000).toFixed(0))} ms`
export const ratio = (of: Spread): string => `${brackets(of, (value) => value.toFixed(2))} ×`
export const megabytes = (of: Spread): string => `${brackets(of, (value) => (value / 1e6).toFixed(0))} MB`
export const microseconds = (of: Spread): string => `${brackets(of, (value) => (value * 1e6).toFixed(1))} µs`
