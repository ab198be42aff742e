import { type Field, type Schema, Type, transform, typeName, types } from '@headrace/runtime/sdk'
import { findColumn } from '../formats/find-column.ts'
import { summaryOf } from '../formats/summary.ts'
import { cleanColumn } from '../formats/text/clean.ts'
import { TextWriter } from '../formats/text/writer.ts'

/** Puts texts in order: markup, Unicode form, white space, case, and replacements of one's own. */
export default transform({
  title: 'Clean',
  description: 'Puts texts in order: markup, Unicode form, white space, case, and replacements of your own.',
  config: Type.Object({
    columns: Type.Optional(
      Type.Array(Type.String({ format: 'column' }), {
        description: 'String columns. Left out: all of them.',
        examples: [['title', 'text']],
      }),
    ),
    stripMarkup: Type.Optional(
      Type.Boolean({
        default: false,
        description:
          'Takes HTML and XML tags and comments out and decodes entities. A tag that is not part of a line, like <p>, leaves a line break.',
      }),
    ),
    unicode: Type.Optional(
      Type.Union([Type.Literal('NFC'), Type.Literal('NFKC'), Type.Literal('none')], {
        default: 'NFC',
        description: 'The Unicode normal form. NFKC also makes ligatures, full-width letters and the like plain.',
      }),
    ),
    replace: Type.Optional(
      Type.Array(
        Type.Object(
          {
            pattern: Type.String({
              format: 'pattern',
              description:
                'A regular expression in RE2 syntax, whose time is linear in the text: no backreferences, no look-around.',
            }),
            with: Type.String({
              description: 'What takes its place: $1 is the first group, $<name> a named one, $$ a dollar sign.',
            }),
          },
          { additionalProperties: false },
        ),
        {
          default: [],
          description: 'Replacements of every match, one after the other.',
          examples: [[{ pattern: '\\d{4,}', with: '#' }]],
        },
      ),
    ),
    collapse: Type.Optional(
      Type.Boolean({ default: false, description: 'Makes each run of white space, line breaks too, one blank.' }),
    ),
    trim: Type.Optional(Type.Boolean({ default: true, description: 'Takes white space off both ends.' })),
    case: Type.Optional(
      Type.Union([Type.Literal('none'), Type.Literal('lower'), Type.Literal('upper')], {
        default: 'none',
        description: 'Makes all letters small or capital, in any script.',
      }),
    ),
    emptyToNull: Type.Optional(Type.Boolean({ default: false, description: 'Makes a text that ends up empty null.' })),
  }),
  summary: ({ columns, stripMarkup, replace = [], collapse, case: letters = 'none', emptyToNull }) =>
    summaryOf(
      columns?.length ? columns.join(', ') : 'all texts',
      [
        ...(stripMarkup ? ['no markup'] : []),
        ...(replace.length ? [`${replace.length} ${replace.length === 1 ? 'replacement' : 'replacements'}`] : []),
        ...(collapse ? ['single blanks'] : []),
        ...(letters === 'none' ? [] : [`${letters} case`]),
        ...(emptyToNull ? ['empty is null'] : []),
      ].join(', '),
    ),
  examples: [
    {
      title: 'Text from a web page',
      config: { columns: ['body'], stripMarkup: true, collapse: true, emptyToNull: true },
      input: [
        { name: 'id', type: types.int64 },
        { name: 'body', type: types.string },
      ],
      rows: [
        { id: 1n, body: '<p>Caf&eacute;&nbsp;<b>Zo\u0065\u0308</b></p>\n<p>open&hellip;</p>' },
        { id: 2n, body: '  <br/> ' },
        { id: 3n, body: null },
        { id: 4n, body: 'plain' },
      ],
      output: [
        { id: 1n, body: 'Café Zoë open…' },
        { id: 2n, body: null },
        { id: 3n, body: null },
        { id: 4n, body: 'plain' },
      ],
    },
    {
      title: 'Long numbers hidden',
      config: { case: 'lower', replace: [{ pattern: '(\\d{2})\\d{2,}', with: '$1…' }] },
      input: [{ name: 'note', type: types.string }],
      rows: [{ note: ' Call 0171234 OR 12 ' }, { note: 'ÄÖ' }],
      output: [{ note: 'call 01… or 12' }, { note: 'äö' }],
    },
  ],
  probe: async ({ config, report }) => {
    for (const [i, { pattern }] of (config.replace ?? []).entries()) {
      const wrong = await patternError(pattern)
      if (wrong) report({ code: 'bad-pattern', setting: `replace[${i}].pattern`, ...wrong })
    }
    return null
  },
  columns: ({ input, config, report }) => {
    for (const [i, name] of (config.columns ?? []).entries()) {
      const field = findColumn(input, name, `columns[${i}]`, report)
      if (field && field.type.kind !== 'string') {
        report({
          code: 'not-text',
          setting: `columns[${i}]`,
          message: `column "${name}" is ${typeName(field.type)}, not string`,
          hint: 'Make it a string with select first.',
        })
      }
    }
    return input.fields
  },
  // Without names each text is cleaned for itself.
  reads: ({ config }) => config.columns ?? [],
  async *run({ input, config, scope }) {
    const cleaning = {
      stripMarkup: config.stripMarkup ?? false,
      unicode: config.unicode ?? 'NFC',
      replace: await Promise.all((config.replace ?? []).map(replacer)),
      collapse: config.collapse ?? false,
      trim: config.trim ?? true,
      case: config.case ?? 'none',
      emptyToNull: config.emptyToNull ?? false,
    } as const
    const writer = new TextWriter()
    const fields = textFields(input.schema, config.columns)
    for await (const batch of input) {
      const cleaned = fields.map((field) => {
        const column = batch.column(field.name)
        return { field, column, clean: cleanColumn(scope, column, cleaning, writer) }
      })
      yield batch.with(
        cleaned.flatMap(({ field, column, clean }): [Field, typeof clean][] =>
          clean === column ? [] : [[field, clean]],
        ),
      )
    }
  },
})

function textFields(schema: Schema, columns: readonly string[] | undefined): Field[] {
  return schema.fields.filter(({ name, type }) => type.kind === 'string' && (!columns || columns.includes(name)))
}

/** Every match replaced; a pattern without special characters needs no engine. */
async function replacer({ pattern, with: by }: { pattern: string; with: string }): Promise<(text: string) => string> {
  if (!/[\\^$.|?*+()[\]{}]/.test(pattern) && pattern !== '' && !by.includes('$')) {
    return (text) => text.replaceAll(pattern, by)
  }
  const { RE2JS } = await import('re2js')
  const compiled = RE2JS.compile(pattern)
  return (text) => {
    const matcher = compiled.matcher(text)
    return matcher.find() ? matcher.replaceAll(by) : text
  }
}

/** What is wrong with a pattern, and where; null where it is fine. */
async function patternError(pattern: string): Promise<{ message: string; hint?: string } | null> {
  const { RE2JS } = await import('re2js')
  try {
    RE2JS.compile(pattern)
    return null
  } catch (error) {
    const { error: reason, input = '' } = error as { error?: string; input?: string }
    const at = input ? pattern.indexOf(input) : -1
    const where = at >= 0 ? ` at character ${at + 1}: "${input}"` : ''
    return {
      message: `the pattern ${JSON.stringify(pattern)} is wrong: ${reason ?? String(error)}${where}`,
      ...(/\(\?[<=!]|\\[1-9]/.test(pattern) && {
        hint: 'Look-around and backreferences cannot be done in linear time; say it without them.',
      }),
    }
  }
}
