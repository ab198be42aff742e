import { microsOfText, type ParamType, type ParamValue } from './value.ts'

/** Where in a query a piece of text stands. */
export type SqlSpot = 'query' | 'text' | 'name' | 'comment' | 'dollars'

const token =
  /'(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*(?:"|$)|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|\$([A-Za-z_]*)\$[\s\S]*?(?:\$\1\$|$)/g

/** Tells for a query where each of its characters stands: in the query itself, a text, a quoted name or a comment. */
export function spotsIn(query: string): (at: number) => SqlSpot {
  const found = [...query.matchAll(token)].map(({ index, 0: text }) => ({
    start: index,
    end: index + text.length,
    text,
  }))
  return (at) => {
    const around = found.find(({ start, end }) => at > start && at < end)
    if (!around) return 'query'
    const [first] = around.text
    if (first === '$') return 'dollars'
    return first === "'" ? 'text' : first === '"' ? 'name' : 'comment'
  }
}

/** A value as SQL: a literal of its type in the query itself, and what cannot leave the quotes inside of quotes. */
export function sqlText(type: ParamType, value: ParamValue, spot: SqlSpot): string {
  const text = String(value)
  if (spot === 'dollars') return text
  if (spot === 'text') return text.replaceAll("'", "''")
  if (spot === 'name') return text.replaceAll('"', '""')
  if (spot === 'comment') return text.replaceAll(/[\r\n]|\*\//g, ' ')
  switch (type) {
    case 'string':
      return `'${text.replaceAll("'", "''")}'`
    case 'date':
      return `DATE '${text}'`
    case 'timestamp':
      return `TIMESTAMP '${utcText(text)}'`
    case 'float64':
      return `(${text}::DOUBLE)`
    case 'int64':
      return text.startsWith('-') ? `(${text})` : text
    default:
      return text
  }
}

/** A timestamp without offset, as expressions have it: at UTC where one was written. */
function utcText(text: string): string {
  const micros = microsOfText(text) ?? 0n
  const seconds = new Date(Number(micros / 1000n)).toISOString().slice(0, 19).replace('T', ' ')
  const part = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n
  return part ? `${seconds}.${String(part).padStart(6, '0')}` : seconds
}
