import {
  type Field,
  type Gathering,
  type Inputs,
  type Report,
  Schema,
  Type,
  table,
  typeName,
  types,
} from '@headrace/runtime/sdk'
import { findColumn } from '../formats/find-column.ts'
import { stagedFiles, withDatabase } from '../formats/table/gather.ts'
import { antiJoin, gatherJoin, type JoinPlan } from '../formats/table/join-gather.ts'
import { readJoin } from '../formats/table/join-read.ts'
import { comparable, isKey } from '../formats/table/keys.ts'
import { gatherPicks, readPicks } from '../formats/table/picks.ts'
import { stageRows } from '../formats/table/staging.ts'

const Pair = Type.Object(
  {
    left: Type.String({ format: 'column', description: 'The column of the left input.' }),
    right: Type.String({ format: 'column', description: 'The column of the right input.' }),
  },
  { additionalProperties: false },
)

const cities: Field[] = [
  { name: 'city', type: types.string },
  { name: 'country', type: types.string },
]
const countries: Field[] = [
  { name: 'code', type: types.string },
  { name: 'name', type: types.string },
]
const inputs = {
  left: {
    columns: cities,
    rows: [
      { city: 'Zürich', country: 'CH' },
      { city: 'Berlin', country: 'DE' },
      { city: 'Atlantis', country: null },
    ],
  },
  right: { columns: countries, rows: [{ code: 'CH', name: 'Schweiz' }] },
}

/** Puts the rows of two inputs together where their keys are equal. */
export default table({
  title: 'Join',
  description:
    'Puts rows of the inputs left and right together where their keys are equal. Rows keep the order of the left input.',
  config: Type.Object({
    keys: Type.Array(Type.Union([Type.String({ format: 'column' }), Pair]), {
      minItems: 1,
      description:
        'The columns that must be equal: a name that both inputs have, or { left, right }. A null equals nothing. ' +
        "The right input's keys are left out of the result.",
      examples: [['id'], [{ left: 'country', right: 'code' }]],
    }),
    how: Type.Optional(
      Type.Union([Type.Literal('inner'), Type.Literal('left'), Type.Literal('anti')], {
        default: 'inner',
        description:
          'inner: only rows that found another. left: every left row, with nulls where it found none. anti: only the ' +
          'left rows that found none.',
      }),
    ),
    suffix: Type.Optional(
      Type.String({
        default: '_right',
        minLength: 1,
        description: "What is added to the name of a right input's column that the left one has too.",
      }),
    ),
  }),
  summary: ({ keys, how = 'inner' }) =>
    `${how}, by ${keys.map((key) => (typeof key === 'string' ? key : `${key.left} = ${key.right}`)).join(', ')}`,
  footprint: () => ({ name: 'DuckDB', bytes: 190 << 20 }),
  examples: [
    {
      title: 'Names of countries',
      config: { how: 'left', keys: [{ left: 'country', right: 'code' }] },
      inputs,
      output: [
        { city: 'Zürich', country: 'CH', name: 'Schweiz' },
        { city: 'Berlin', country: 'DE', name: null },
        { city: 'Atlantis', country: null, name: null },
      ],
    },
    {
      title: 'Cities of unknown countries',
      config: { how: 'anti', keys: [{ left: 'country', right: 'code' }] },
      inputs,
      output: [
        { city: 'Berlin', country: 'DE' },
        { city: 'Atlantis', country: null },
      ],
    },
  ],
  inputs: () => ['left', 'right'],
  beside: ['right'],
  columns: ({ inputs, config, report }) => resultOf(config, inputs, report).fields,
  origins: ({ inputs, config }) => {
    const { left, right } = sidesOf(inputs)
    const { fields, plan } = resultOf(config, inputs, () => {})
    const own = left.fields.map(({ name }) => [name, [`left.${name}`]] as const)
    const theirs = plan.taken.map(
      (place, i) => [fields[left.fields.length + i]?.name ?? '', [`right.${right.fields[place]?.name}`]] as const,
    )
    return Object.fromEntries([...own, ...(config.how === 'anti' ? [] : theirs)])
  },
  write: (context) =>
    stageRows(
      context,
      context.input.schema.fields.map((_, i) => i),
      'apart',
    ),
  gather: (context) =>
    withDatabase(context, (database) => {
      const { config, inputs } = context
      const [left, right] = [inputs['left'] as Gathering, inputs['right'] as Gathering]
      const { plan } = resultOf(config, { left: left.schema, right: right.schema }, () => {})
      if (config.how !== 'anti') return gatherJoin(database, context, plan)
      const [l, r] = [stagedFiles(left), stagedFiles(right)]
      const rows = r.from === null ? `${l.from}` : antiJoin(l, r, plan.keys)
      return gatherPicks(database, context, left, `SELECT g, h FROM ${rows} ORDER BY g`)
    }),
  read: (context) => {
    if (context.config.how === 'anti') return readPicks(context)
    const { taken } = context.data as { taken?: number } // `gatherJoin` put it there
    return readJoin(context, new Schema(context.schema.fields.slice(0, context.schema.fields.length - (taken ?? 0))))
  },
})

type Config = {
  keys: (string | { left: string; right: string })[]
  how?: 'inner' | 'left' | 'anti'
  suffix?: string
}

const none = new Schema([])
const sidesOf = (inputs: Inputs) => ({ left: inputs['left'] ?? none, right: inputs['right'] ?? none })

/** The columns that leave, and where they come from; problems are reported under their settings. */
function resultOf(
  { keys, how = 'inner', suffix = '_right' }: Config,
  inputs: Inputs,
  report: Report,
): { readonly fields: Field[]; readonly plan: JoinPlan } {
  const { left, right } = sidesOf(inputs)
  const pairs = keys.flatMap((key, i) => {
    const pair = typeof key === 'string' ? { left: key, right: key } : key
    const at = (side: string) => (typeof key === 'string' ? `keys[${i}]` : `keys[${i}].${side}`)
    const a = findColumn(left, pair.left, at('left'), ofInput(report, 'left'))
    const b = findColumn(right, pair.right, at('right'), ofInput(report, 'right'))
    if (!a || !b) return []
    compareTypes(a, b, `keys[${i}]`, report)
    return [{ left: left.indexOf(a.name), right: right.indexOf(b.name) }]
  })
  const taken = right.fields.map((_, place) => place).filter((place) => !pairs.some((pair) => pair.right === place))
  const plan: JoinPlan = { how: how === 'left' ? 'left' : 'inner', keys: pairs, taken }
  if (how === 'anti') return { fields: [...left.fields], plan }
  const names = new Set(left.fields.map(({ name }) => name))
  const added = taken.map((place) => {
    const { name, type } = right.fields[place] as Field
    const called = names.has(name) ? `${name}${suffix}` : name
    if (names.has(called)) {
      report({
        code: 'duplicate-column',
        setting: 'suffix',
        message: `column "${name}" of right would be called "${called}", as another one is`,
        hint: 'Choose another suffix, or rename the column with a select before this node.',
      })
    }
    names.add(called)
    return { name: called, type }
  })
  return { fields: [...left.fields, ...added], plan }
}

const ofInput =
  (report: Report, input: string): Report =>
  (problem) =>
    report({ ...problem, message: `${problem.message} in the input ${input}` })

function compareTypes(a: Field, b: Field, setting: string, report: Report): void {
  if (comparable(a.type, b.type)) return
  const nested = [a, b].find(({ type }) => !isKey(type))
  if (nested) {
    const message = `column "${nested.name}" is ${typeName(nested.type)}, which cannot be a key`
    report({ code: 'no-key', setting, message, hint: 'Join by another column.' })
    return
  }
  report({
    code: 'keys-differ',
    setting,
    message: `"${a.name}" of left is ${typeName(a.type)}, "${b.name}" of right is ${typeName(b.type)}`,
    hint: `Cast one of them with a select before this node: { "column": "${b.name}", "type": "${typeName(a.type)}" }.`,
  })
}
