import type { ColumnType } from '../pipeline/types.ts'
import type { ExpressionFunction } from './function.ts'
import { functions } from './functions/index.ts'
import { textOf } from './textvalue.ts'

/** The table of functions as the documentation shows it, in Markdown. */
export function functionTable(): string {
  const rows = functions.map((one) => {
    const cells = [code(one.signature), one.description, example(one)]
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  })
  return ['| function | what it gives | example |', '|---|---|---|', ...rows].join('\n')
}

const code = (text: string): string => `\`${text}\``

function example({
  example: { expression, columns = [], row = {}, result },
  result: type,
}: ExpressionFunction): string {
  const shown = typeof type === 'object' && type.kind === 'date' ? textOf(result as number, type) : plain(result)
  const given = columns.map(({ name, type }) => `${name} = ${cell(row[name], type)}`)
  return `${code(expression)} → ${code(shown)}${given.length ? ` where ${given.map(code).join(', ')}` : ''}`
}

const cell = (value: unknown, type: ColumnType): string =>
  type.kind === 'date' ? textOf(value as number, type) : plain(value)

const plain = (value: unknown): string => (typeof value === 'bigint' ? String(value) : JSON.stringify(value))
