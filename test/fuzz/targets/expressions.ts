import { Account, batchOf, Identity, Pool, Schema, Scope } from '@headrace/runtime/sdk'
import { runNode } from '@headrace/runtime/testing'
import fc from 'fast-check'
import clean from '../../../nodes/transforms/clean.ts'
import { fields, now } from '../../../runtime/expression/agreement.scene.ts'
import { checkExpression, compileExpression, functions } from '../../../runtime/expression/index.ts'
import { endingOf, mustBeClear, refusedBy } from '../engine/judge.ts'
import { Finding, type Target } from '../engine/target.ts'
import { checkedBy } from './checked.ts'
import { headed } from './reading.ts'

const sampleText = 'a'.repeat(40)
const values: Record<string, unknown> = {
  ...{
    i8: 5,
    u32: 7,
    i64: 2n ** 62n,
    j64: -1n,
    u64: 2n ** 64n - 1n,
    f16: 1.5,
    f32: 0.25,
    f64: Number.NaN,
    dec: 12345n,
  },
  ...{ b: true, c: false, s: `${sampleText}!`, t: '2024-05-17', bin: new Uint8Array([1, 2, 255]), day: 19_000 },
  ...{ us: 2n ** 60n, ns: -1n, sec: 10n ** 10n, nothing: null, tags: ['a', null, 'b'], numbers: [1, 2], vec: [0, 1] },
  a: { city: 'Zürich', no: 3 },
}
const rows = [
  values,
  Object.fromEntries(fields.map(({ name }) => [name, null])),
  { ...values, s: '', i64: 0n, f64: 1e300 },
]
const schema = new Schema(fields)

const names = fields.map(({ name }) => name)
const leaf = fc.oneof(
  fc.constantFrom(
    ...names,
    'row["s"]',
    '`s`',
    'param.x',
    'run.id',
    'null',
    'true',
    '0',
    '1u',
    '-9223372036854775808',
    '1.5',
    '1e308',
  ),
  fc.constantFrom(
    '"a"',
    '"^(a+)+$"',
    'r"(a|aa)+$"',
    '"(?:a{0,1000}){0,1000}"',
    'b"\\xff"',
    '[1, 2]',
    '[]',
    '"%Y-%m-%d"',
    'unknown',
  ),
)
const { tree } = fc.letrec<{ tree: string }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc
      .tuple(
        tie('tree'),
        fc.constantFrom('+', '-', '*', '/', '%', '==', '!=', '<', '>=', '&&', '||', 'in'),
        tie('tree'),
      )
      .map(([a, op, b]) => `(${a} ${op} ${b})`),
    fc
      .tuple(fc.constantFrom(...functions.map(({ name }) => name)), fc.array(tie('tree'), { maxLength: 3 }))
      .map(([name, args]) => `${name}(${args.join(', ')})`),
    fc
      .tuple(
        tie('tree'),
        fc.constantFrom(...functions.map(({ name }) => name)),
        fc.array(tie('tree'), { maxLength: 2 }),
      )
      .map(([of, name, args]) => `${of}.${name}(${args.join(', ')})`),
    fc.tuple(tie('tree'), tie('tree'), tie('tree')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => `${a}[${b}]`),
    tie('tree').map((one) => `-${one}`),
    tie('tree').map((one) => `!${one}`),
  ),
}))

/** Expressions of filter, derive and route: parsed, checked, compiled, and worked out over rows of every type. */
export const expressionTarget: Target = {
  about: 'expressions, and the patterns in them',
  form: 'bytes',
  short: 500,
  seeds: () => [
    'price > 100.0 && s == "de" || i64 * 2 > 50',
    's.matches("^(a+)+$")',
    'matches(s, r"(a|aa|aaa)*b")',
    '"x" in tags ? substr(s, 1, 2) : upper(t)',
    'a.city + `s` + row["t"]',
    `${'('.repeat(150)}1${')'.repeat(150)}`,
    `1${' + 1'.repeat(900)}`,
    `!${'!'.repeat(900)}b`,
    ...functions.map(({ example }) => example.expression),
  ],
  words: [
    ...names,
    ...functions.map(({ name }) => `${name}(`),
    '(',
    ')',
    '[',
    ']',
    '"',
    '`',
    '&&',
    '||',
    '?',
    ':',
    'null',
    'in ',
    '{',
    '}',
    '//',
    '"""',
    '\\u',
    '(a+)+',
    '{1000}',
    '.*',
    '\\p{L}',
    '(?i)',
  ],
  grammar: tree,
  async open() {
    const pool = new Pool(1 << 26)
    return {
      async feed(input) {
        const text = input.toString('utf8')
        const checked = checkExpression(text, schema, {})
        if (!('type' in checked)) {
          const { code, message, start, end } = checked
          if (!(start >= 0 && end >= start && end <= text.length))
            throw new Finding(`${code} stands at ${start} to ${end} of ${text.length}`)
          return refusedBy([{ severity: 'error', code, message, place: {} }])
        }
        const evaluate = compileExpression(text, schema, { now })
        const scope = new Scope(pool, new Account())
        try {
          const batch = batchOf(scope, fields, rows, new Identity({ node: 'fuzz', path: '' }, rows.length, 1))
          const { column, failures } = evaluate(batch)
          for (const { code, message } of failures) mustBeClear(code, message)
          if (column.length !== rows.length) throw new Finding(`${column.length} values for ${rows.length} rows`)
          return failures.length ? 'rows fail' : 'values'
        } finally {
          scope.close()
        }
      },
    }
  },
}

const texts = [sampleText, `${'ab'.repeat(2000)}!`, '<p>ä &amp; &#x1F600; &bad; <script>x</script>', '', '\u0000\uffff']

/** Patterns and markup of the clean node. */
export const cleanTarget: Target = {
  about: 'patterns, replacements and markup of the clean node',
  form: 'headed',
  short: 200,
  seeds: () => [
    '{"replace":[{"pattern":"(a+)+$","with":"$1"}]}\ntext',
    '{"replace":[{"pattern":"(?:a{0,1000}){0,1000}","with":"$0"}],"case":"lower"}\na',
    '{"stripMarkup":true,"collapse":true,"emptyToNull":true}\n<p>Caf&eacute;<b>x</b><!-- c --></p><style>a{}</style>',
    '{"stripMarkup":true,"unicode":"NFKC"}\n<a href="x>y">z</a> &#99999999999; &#xd800; <![CDATA[x]]>',
    `{"stripMarkup":true}\n${'<'.repeat(3000)}`,
    `{"stripMarkup":true}\n${'&'.repeat(3000)}<!--`,
  ],
  words: [
    '<',
    '>',
    '</',
    '<!--',
    '-->',
    '<script',
    '</script>',
    '<style>',
    '&#x',
    '&amp;',
    '&#',
    ';',
    '<![CDATA[',
    '"',
    '(a*)*',
    '{999}',
    '$1',
    '$',
    '\\',
    '(?P<n>',
    '[^',
    '\\p{',
  ],
  async open() {
    return {
      async feed(input) {
        const { settings, body } = headed(input)
        const { problems } = checkedBy(clean, settings)
        if (problems.length) return refusedBy(problems)
        const all = [body.toString('utf8'), ...texts].map((text) => ({ text }))
        try {
          const ran = await runNode(clean, settings, {
            fields: [{ name: 'text', type: { kind: 'string' } }],
            rows: all,
          })
          if (ran.problems.some(({ severity }) => severity === 'error')) return refusedBy(ran.problems)
          return 'cleaned'
        } catch (error) {
          return endingOf(error)
        }
      },
    }
  },
}
