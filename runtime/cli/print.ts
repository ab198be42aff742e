import { styleText } from 'node:util'
import { HeadraceError, type Place } from '../pipeline/problem.ts'

/** `3781` as `3,781`. By hand: the first `toLocaleString` of a process takes 17 ms. */
export const grouped = (count: number): string => String(count).replace(/\B(?=(?:\d{3})+$)/g, ',')

/** Bytes rounded for reading: `12.4 MB`. */
export function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${value >= 100 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}

/** Seconds rounded for reading: `0.8 s`, `4 min 12 s`. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`
}

type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'green' | 'cyan'

/** Text in a colour where the stream is a terminal and NO_COLOR is not set. */
export const styled = (style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string =>
  styleText(style, text, { stream, validateStream: true })

/** An error for people: what, where, what to do. */
export function printError(error: unknown): string {
  const red = (text: string) => styled('red', text, process.stderr)
  // What the file system says is a sentence already.
  if (error instanceof Error && 'syscall' in error) return `${red('error:')} ${error.message}`
  if (!(error instanceof HeadraceError))
    return `${red('error:')} ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
  const where = placeText(error.place)
  const hint = error.hint ? `\n  ${error.hint.replaceAll('\n', '\n  ')}` : ''
  return `${red('error:')} ${where ? `${where}: ` : ''}${error.message}${hint}`
}

function placeText({ node, setting, file, line }: Place): string {
  const inNode = [node, setting].filter(Boolean).join('.')
  return [inNode, file && (line ? `${file}:${line}` : file)].filter(Boolean).join(', ')
}

/** Rows of cells with the columns aligned; numbers to the right. */
export function table(rows: readonly (readonly string[])[], right: ReadonlySet<number> = new Set()): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          right.has(column) ? cell.padStart(widths[column] as number) : cell.padEnd(widths[column] as number),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
