import { types } from '@headrace/runtime/sdk'
import { runCuts, runNode } from '@headrace/runtime/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cleanColumn } from '../formats/text/clean.ts'
import clean from './clean.ts'

const fields = [
  { name: 'text', type: types.string },
  { name: 'number', type: types.int32 },
]
const cleaned = async (config: object, ...texts: (string | null)[]) => {
  const rows = texts.map((text, number) => ({ text, number }))
  const ran = await runCuts(clean, config, { fields, rows })
  return ran.rows.map(({ text }) => text)
}

test('by default texts are composed and lose the white space around them, and nothing else', async () => {
  expect(await cleaned({}, ' Zoe\u0308  B \n', '\u00a0x\u3000', 'ﬁ <b>', '', null)).toEqual([
    'Zoë  B',
    'x',
    'ﬁ <b>',
    '',
    null,
  ])
})

test('each setting does its part', async () => {
  expect(await cleaned({ unicode: 'NFKC' }, 'ﬁ Ａ')).toEqual(['fi A'])
  expect(await cleaned({ unicode: 'none', trim: false }, ' e\u0301 ')).toEqual([' e\u0301 '])
  expect(await cleaned({ collapse: true }, ' a \n\t b\u00a0c ', 'a b')).toEqual(['a b c', 'a b'])
  expect(await cleaned({ collapse: true, trim: false }, ' a\n ', '  ')).toEqual([' a ', ' '])
  expect(await cleaned({ case: 'upper' }, 'straße')).toEqual(['STRASSE'])
  expect(await cleaned({ case: 'lower' }, 'ÄB', 'ab')).toEqual(['äb', 'ab'])
  expect(await cleaned({ emptyToNull: true }, '  ', '', 'x')).toEqual([null, null, 'x'])
  expect(await cleaned({ replace: [{ pattern: 'l+', with: '[$&]' }] }, 'hello')).toEqual(['he[ll]o'])
  expect(await cleaned({ replace: [{ pattern: '-', with: '' }] }, '12-34-5')).toEqual(['12345'])
})

test('a pattern that is wrong or would need backtracking is a problem at its place', async () => {
  const replace = [
    { pattern: 'a(b', with: '' },
    { pattern: '(?=x)', with: '' },
  ]
  const ran = await runNode(clean, { replace }, { fields, rows: [] })
  expect(ran.problems.map(({ code, place }) => [code, place.setting])).toEqual([
    ['bad-pattern', 'replace[0].pattern'],
    ['bad-pattern', 'replace[1].pattern'],
  ])
  expect(ran.problems[0]?.message).toMatch(/missing closing \)/)
  expect(ran.problems[1]?.hint).toMatch(/linear time/)
})

test('a hostile text takes a pattern no longer than another', async () => {
  const config = { replace: [{ pattern: '^(a+)+$', with: 'x' }] }
  expect(await cleaned(config, `${'a'.repeat(5000)}!`)).toEqual([`${'a'.repeat(5000)}!`])
})

test('a column that is no text is a problem', async () => {
  const ran = await runNode(clean, { columns: ['number', 'txt'] }, { fields, rows: [] })
  expect(ran.problems.map(({ code }) => code)).toEqual(['not-text', 'unknown-column'])
})

test('a column in which nothing changes is passed on as it is', () => {
  const offsets = Int32Array.of(0, 3, 3)
  const column = {
    type: types.string,
    length: 2,
    nulls: 0,
    validity: null,
    offsets,
    values: Buffer.from('a b'),
    children: [],
  }
  const cleaning = {
    stripMarkup: true,
    unicode: 'NFC',
    replace: [],
    collapse: true,
    trim: true,
    case: 'lower',
    emptyToNull: false,
  } as const
  expect(cleanColumn(undefined as never, column, cleaning, undefined as never)).toBe(column)
})

test('any texts, cut in any way, are cleaned as JavaScript itself would', async () => {
  const text = fc.option(fc.oneof(fc.string({ unit: 'grapheme' }), fc.stringMatching(/^[ \na-cA-C]*$/)))
  const config = fc.record({
    collapse: fc.boolean(),
    trim: fc.boolean(),
    case: fc.constantFrom('none', 'lower'),
    emptyToNull: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(text, { maxLength: 8 }), config, async (texts, settings) => {
      const expected = texts.map((value) => {
        if (value === null) return null
        let want = value.normalize('NFC')
        if (settings.collapse) want = want.replace(/\s+/g, ' ')
        if (settings.trim) want = want.trim()
        if (settings.case === 'lower') want = want.toLowerCase()
        return want === '' && settings.emptyToNull ? null : want
      })
      expect(await cleaned(settings, ...texts)).toEqual(expected)
    }),
    { numRuns: 80 },
  )
})
