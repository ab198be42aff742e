import { bitAt, type Column, columnsIn, isValid, type Scope, Type, transform, types } from '@headrace/runtime/sdk'
import { evaluate } from '../formats/expression-rows.ts'

/** Sends rows to ports by conditions. */
export default transform({
  title: 'Route',
  description: 'Sends each row to the port whose condition is true, and the rest to the port "otherwise".',
  config: Type.Object({
    routes: Type.Array(
      Type.Object(
        {
          port: Type.String({ description: 'The name of the port, a-z, 0-9, _ and -.', examples: ['german'] }),
          where: Type.String({
            format: 'expression',
            description: 'A row takes this way when it is true. A null counts as false.',
            examples: ['lang == "de"'],
          }),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, description: 'The ways, asked in this order.' },
    ),
    match: Type.Optional(
      Type.Union([Type.Literal('first'), Type.Literal('all')], {
        default: 'first',
        description: 'Whether a row takes the first way that is open to it, or all of them.',
      }),
    ),
  }),
  summary: ({ routes }) => {
    const [first, ...more] = routes
    return first && more.length === 0 ? `${first.port}: ${first.where}` : routes.map(({ port }) => port).join(', ')
  },
  examples: [
    {
      title: 'Languages apart',
      config: {
        routes: [
          { port: 'german', where: 'lang == "de"' },
          { port: 'short', where: 'size(text) < 4' },
        ],
      },
      input: [
        { name: 'lang', type: types.string },
        { name: 'text', type: types.string },
      ],
      rows: [
        { lang: 'de', text: 'Öl' },
        { lang: 'fr', text: 'oui' },
        { lang: 'fr', text: 'bonjour' },
        { lang: null, text: null },
      ],
      output: {
        german: [{ lang: 'de', text: 'Öl' }],
        short: [{ lang: 'fr', text: 'oui' }],
        otherwise: [
          { lang: 'fr', text: 'bonjour' },
          { lang: null, text: null },
        ],
      },
      rejected: 0,
    },
    {
      title: 'A row may go two ways',
      config: {
        match: 'all',
        routes: [
          { port: 'even', where: 'n % 2 == 0' },
          { port: 'large', where: 'n > 9' },
        ],
      },
      input: [{ name: 'n', type: types.int64 }],
      rows: [{ n: 4n }, { n: 10n }, { n: 1n }],
      output: { even: [{ n: 4n }, { n: 10n }], large: [{ n: 10n }], otherwise: [{ n: 1n }] },
    },
  ],
  ports: ({ routes }) => [...routes.map(({ port }) => port), 'otherwise'],
  columns: ({ input, config, expression, report }) => {
    config.routes.forEach(({ port, where }, i) => {
      const setting = `routes[${i}].port`
      if (!/^[a-z][a-z0-9_-]*$/.test(port)) {
        report({
          code: 'bad-port',
          setting,
          message: `"${port}" cannot name a port`,
          hint: 'Begin with a letter a-z; then a-z, 0-9, _ and -.',
        })
      } else if (port === 'otherwise' || port === 'rejects') {
        report({
          code: 'bad-port',
          setting,
          message: `the port "${port}" is there already`,
          hint: 'Choose another name.',
        })
      } else if (config.routes.findIndex((route) => route.port === port) < i) {
        report({
          code: 'duplicate-port',
          setting,
          message: `two routes lead to "${port}"`,
          hint: 'Join their conditions with ||.',
        })
      }
      expression(where, input, 'bool', `routes[${i}].where`)
    })
    return input.fields
  },
  reads: ({ config }) => config.routes.flatMap(({ where }) => columnsIn(where).map(({ name }) => name)),
  async *run({ input, config, expression, scope }) {
    const first = config.match !== 'all'
    const ports = config.routes.map(({ port }) => port)
    const conditions = config.routes.map(({ where }) => expression(where, input.schema, 'bool'))
    for await (const batch of input) {
      // A row that has found its way already does not fail on a condition that nobody asks.
      const { batch: rows, columns } = evaluate(
        batch,
        conditions,
        (row, at, masks) => !(first && masks.slice(0, at).some((mask) => isTrue(mask, row))),
      )
      const ways = rows.branch(masksOf(scope, rows.rows, ports, columns, first), first ? [] : ports)
      for (const { batch: way } of ways) way.keep()
      try {
        for (const way of ways) if (way.batch.rows > 0) yield way
      } finally {
        for (const { batch: way } of ways) way.release()
      }
    }
  },
})

const isTrue = (mask: Column, row: number): boolean => isValid(mask, row) && bitAt(mask.values as Uint8Array, row)

function masksOf(
  scope: Scope,
  rows: number,
  ports: readonly string[],
  columns: readonly Column[],
  first: boolean,
): Record<string, Column> {
  // Eight rows a byte: bits behind the last row are set in none.
  const taken = scope.bits(rows)
  const mask = (values: Uint8Array): Column => ({
    type: types.bool,
    length: rows,
    nulls: 0,
    validity: null,
    offsets: null,
    values,
    children: [],
  })
  const masks = columns.map((column, i): [string, Column] => {
    const values = scope.bits(rows)
    trueBits(column, values)
    for (let byte = 0; byte < values.length; byte++) {
      if (first) values[byte] = (values[byte] as number) & ~(taken[byte] as number)
      taken[byte] = (taken[byte] as number) | (values[byte] as number)
    }
    return [ports[i] as string, mask(values)]
  })
  const others = taken.map((bits) => ~bits)
  if (rows % 8) others[rows >> 3] = (others[rows >> 3] as number) & ((1 << (rows & 7)) - 1)
  return Object.fromEntries([...masks, ['otherwise', mask(others)]])
}

/** Where a condition is true, as bits; a null is not. */
function trueBits({ type, values, validity, length }: Column, into: Uint8Array): void {
  if (type.kind === 'null') return
  const bits = values as Uint8Array
  for (let byte = 0; byte < into.length; byte++)
    into[byte] = (bits[byte] as number) & (validity ? (validity[byte] as number) : 255)
  if (length % 8) into[length >> 3] = (into[length >> 3] as number) & ((1 << (length & 7)) - 1)
}
