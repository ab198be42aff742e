import { deepStrictEqual } from 'node:assert/strict'
import type { Field } from '../../pipeline/types.ts'
import type { Example, TableNode } from '../../sdk/node.ts'
import type { Row } from '../bench.ts'
import { sameValues } from '../cuts.ts'
import { runTable, type TableOptions, type TableRows } from '../table.ts'
import type { Promised } from './index.ts'
import { allNull, beyondAscii } from './values.ts'

/**
 * What a node that needs all rows promises, shown with one of its examples. `runTable` throws where rows are lost,
 * doubled or called by another's name, or memory is still held.
 */
export function keepsTables(node: TableNode, example: Example, say: (what: string) => string): Promised[] {
  const inputs = inputsOf(example)
  const run = async (given: Inputs, size: number, options?: TableOptions) => {
    const ran = await runTable(node, example.config, cut(given, size), options)
    deepStrictEqual(
      ran.problems.filter(({ severity }) => severity === 'error'),
      [],
      'its columns are refused',
    )
    return ran.rows
  }
  const whole = () => run(inputs, Number.POSITIVE_INFINITY)
  return [
    {
      name: say('gives the rows and columns that it shows'),
      check: async () => {
        const rows = await whole()
        if (example.output) sameValues(rows, example.output, 0)
      },
    },
    {
      name: say('gives the same however its rows are cut into files and batches'),
      check: async () => {
        const rows = await whole()
        const target = { rows: 2, bytes: 1 << 20 }
        sameValues(await run(inputs, 2, { batchRows: 1, threads: 1, target }), rows, 0)
        sameValues(await run(inputs, 1, { batchRows: 4096, threads: 2, target }), rows, 0)
      },
    },
    {
      name: say('takes no row'),
      check: async () =>
        void (await run(
          changed(inputs, () => []),
          2,
        )),
    },
    {
      name: say('takes rows of nulls'),
      check: async () =>
        void (await run(
          changed(inputs, ({ fields }) => allNull(fields, 3)),
          2,
        )),
    },
    {
      name: say('takes texts of any script'),
      check: async () =>
        void (await run(
          changed(inputs, ({ rows }) => beyondAscii(rows)),
          2,
        )),
    },
  ]
}

interface Input {
  readonly fields: readonly Field[]
  readonly rows: readonly Row[]
}
type Inputs = Readonly<Record<string, Input>>

function inputsOf({ input = [], rows = [], inputs }: Example): Inputs {
  if (!inputs) return { '': { fields: input, rows } }
  return Object.fromEntries(
    Object.entries(inputs).map(([name, one]) => [name, { fields: one.columns, rows: one.rows }]),
  )
}

const changed = (inputs: Inputs, change: (input: Input) => readonly Row[]): Inputs =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, input]) => [name, { fields: input.fields, rows: change(input) }]),
  )

/** Files of `size` rows. */
function cut(inputs: Inputs, size: number): Record<string, TableRows> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { fields, rows }]) => {
      const splits: (readonly Row[])[] = []
      for (let start = 0; start < rows.length; start += size) splits.push(rows.slice(start, start + size))
      return [name, { fields, splits }]
    }),
  )
}
