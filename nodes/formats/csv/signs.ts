import type { Dialect } from './dialect.ts'
import type { Sample } from './sample.ts'

/** How numbers are written, and two values where that could be read in two ways. */
export interface Signs {
  readonly decimal: string
  readonly thousands: string
  readonly doubt: { readonly column: string; readonly examples: readonly string[]; readonly other: string } | null
}

interface Evidence {
  decimal: number
  grouped: number
  /** `1,234`: one sign, three digits after it, one to three before. */
  either: number
  readonly examples: string[]
  column: string
}

/**
 * Finds the decimal sign and the sign between thousands in the number columns of samples. `12,5` shows a decimal comma,
 * `1,234,567` and `1,234.5` a grouping one; `1,234` alone shows neither.
 */
export function detectSigns(samples: readonly Sample[], dialect: Dialect): Signs {
  const point = newEvidence()
  const comma = newEvidence()
  for (const sample of samples) {
    for (let column = 0; column < sample.records.width; column++) {
      const own = { '.': newEvidence(), ',': newEvidence() }
      if (!lookAt(sample, column, own)) continue
      const name = sample.head.names[column] ?? `column${column + 1}`
      add(point, own['.'], name)
      add(comma, own[','], name)
    }
  }
  if (comma.decimal > 0 && point.decimal === 0) {
    return { decimal: ',', thousands: point.grouped + point.either > 0 ? '.' : '', doubt: null }
  }
  if (comma.decimal === 0 && comma.grouped > 0) return { decimal: '.', thousands: ',', doubt: null }
  const european = dialect.delimiter === ';'.charCodeAt(0)
  if (comma.either > 0 && comma.decimal === 0) {
    if (point.decimal > 0) return { decimal: '.', thousands: ',', doubt: null }
    const doubt = { column: comma.column, examples: comma.examples }
    if (european) return { decimal: ',', thousands: '', doubt: { ...doubt, other: 'thousands to ","' } }
    return { decimal: '.', thousands: ',', doubt: { ...doubt, other: 'decimal to ","' } }
  }
  const unclear = european && point.either > 0 && point.decimal === 0
  const doubt = { column: point.column, examples: point.examples, other: 'decimal to "," and thousands to "."' }
  return { decimal: '.', thousands: '', doubt: unclear ? doubt : null }
}

const newEvidence = (): Evidence => ({ decimal: 0, grouped: 0, either: 0, examples: [], column: '' })

function add(total: Evidence, own: Evidence, column: string): void {
  total.decimal += own.decimal
  total.grouped += own.grouped
  total.either += own.either
  if (own.either > 0 && total.column === '') {
    total.column = column
    total.examples.push(...own.examples)
  }
}

/** Collects what a column's values show; false where most are no numbers under any reading. A stray `?` hides nothing. */
function lookAt(sample: Sample, column: number, evidence: Record<'.' | ',', Evidence>): boolean {
  const { bytes, records } = sample
  const { fields, width, rows } = records
  let numbers = 0
  let others = 0
  for (let row = 0; row < rows; row++) {
    const at = (row * width + column) * 2
    const start = (fields[at] as number) >> 2
    const end = fields[at + 1] as number
    if (end - start > 40) return false
    const text = bytes.toString('latin1', start, end).trim()
    if (text === '') continue
    if (judge(text, evidence)) numbers++
    else if (++others > 100 && others > numbers) return false
  }
  return others <= numbers / 2
}

function judge(text: string, evidence: Record<'.' | ',', Evidence>): boolean {
  const match = /^[+-]?(\d*)([.,\d]*?)(?:[eE][+-]?\d{1,3})?$/.exec(text)
  if (!match || !/\d/.test(text)) return false
  const signs = text.replace(/[^.,]/g, '')
  if (signs === '') return true
  const last = signs.at(-1) as '.' | ','
  const other = last === '.' ? ',' : '.'
  const digits = text.replace(/[eE].*$/, '')
  if (signs.includes(other)) {
    if (signs.indexOf(last) !== signs.length - 1 || !isGrouped(digits.slice(0, digits.lastIndexOf(last)), other))
      return false
    evidence[last].decimal++
    evidence[other].grouped++
  } else if (signs.length > 1) {
    if (!isGrouped(digits, last)) return false
    evidence[last].grouped++
  } else if (/^[+-]?[1-9]\d{0,2}[.,]\d{3}$/.test(text)) {
    evidence[last].either++
    if (evidence[last].examples.length < 2) evidence[last].examples.push(text)
  } else evidence[last].decimal++
  return true
}

function isGrouped(digits: string, separator: string): boolean {
  const [first = '', ...rest] = digits.replace(/^[+-]/, '').split(separator)
  return /^\d{1,3}$/.test(first) && rest.every((group) => /^\d{3}$/.test(group))
}
