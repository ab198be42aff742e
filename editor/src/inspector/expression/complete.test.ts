import { describe, expect, test } from 'vitest'
import { type Names, proposalsAt, written } from './complete.ts'

const names: Names = {
  columns: [
    { name: 'Preis', type: 'decimal(10, 2)' },
    { name: 'Produkt', type: 'string' },
    { name: 'Straße', type: 'string' },
    { name: 'address', type: 'struct<city: string, zip: int64>' },
  ],
  functions: [
    { name: 'lower', signature: 'lower(text)', description: 'Small letters.' },
    { name: 'contains', signature: 'contains(text, part)', description: 'Whether a part is in it.' },
    { name: 'now', signature: 'now()', description: 'The time.' },
  ],
}

/** What is proposed where `|` stands, and from which character. */
function at(marked: string, asked = false) {
  const cursor = marked.indexOf('|')
  return proposalsAt(marked.replace('|', ''), cursor, names, asked)
}
const labels = (marked: string, asked = false) => at(marked, asked)?.options.map(({ label }) => label) ?? null

describe('what an expression proposes', () => {
  test('columns with their types, then functions, for the word before the cursor', () => {
    const found = at('Menge > 2 && Pr|')
    expect(found?.from).toBe(13)
    expect(found?.options[0]).toMatchObject({ label: 'Preis', text: 'Preis', detail: 'decimal(10, 2)', kind: 'column' })
    expect(found?.options.at(-3)).toMatchObject({ label: 'lower', text: 'lower()', back: 1, detail: '(text)' })
  })

  test('nothing before a letter is typed, unless it was asked for', () => {
    expect(labels('Preis > |')).toBe(null)
    expect(labels('|', true)).toContain('Preis')
  })

  test('nothing inside a text, a comment or a number', () => {
    expect(labels('Produkt == "Pr|')).toBe(null)
    expect(labels("Produkt == 'it\\'s Pr|")).toBe(null)
    expect(labels('Preis // Pr|')).toBe(null)
    expect(labels('12e|')).toBe(null)
    expect(labels('Produkt == "a" && Pr|')).toContain('Preis')
  })

  test('methods after a dot, without what stands before it; first the fields of a struct', () => {
    expect(at('Produkt.low|')?.options).toMatchObject([
      { label: 'lower', text: 'lower()', back: 0, detail: '()' },
      { label: 'contains', text: 'contains()', back: 1, detail: '(part)' },
    ])
    expect(labels('address.|')).toEqual(['city', 'zip', 'lower', 'contains'])
    expect(labels('`Straße`.lo|')).toEqual(['lower', 'contains'])
  })

  test('a name in backticks is completed from its backtick on', () => {
    expect(at('lower(`Str|')?.from).toBe(6)
    expect(at('`Straße` == `Pro|')?.from).toBe(12)
  })
})

test('a column is written in backticks where it is no plain word', () => {
  expect(['Preis', 'Straße', 'unit price', 'in', 'true', '_a1'].map(written)).toEqual([
    'Preis',
    '`Straße`',
    '`unit price`',
    '`in`',
    '`true`',
    '_a1',
  ])
})
