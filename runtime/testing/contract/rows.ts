import { deepStrictEqual, equal, ok } from 'node:assert/strict'
import type { Example, TransformNode } from '../../sdk/node.ts'
import { Bench, type Row } from '../bench.ts'
import { cuts, runCuts, sameValues } from '../cuts.ts'
import { type Ran, type Rows, runNode } from '../harness.ts'
import type { Promised, Workplace } from './index.ts'
import { needsNoMore } from './reads.ts'
import { allNull, beyondAscii, someRows } from './values.ts'

/** What a node between sources and sinks promises, shown with one of its examples. */
export function keepsRows(
  node: TransformNode,
  example: Example,
  { folder }: Workplace,
  tolerance: number,
  say: (what: string) => string,
): Promised[] {
  const input = inputOf(example)
  const { fields, rows } = input
  // Opening a model takes a while: one cut is enough there.
  const few = tolerance ? [4096] : [4096, 0]
  const run = (other: readonly Row[], ways: readonly number[] = few) =>
    runCuts(node, example.config, { fields, rows: other }, { folder, tolerance, cuts: ways })
  const promises: Promised[] = [
    {
      name: say('gives the rows, columns and rejects that it shows'),
      check: async () => {
        const ran = await runNode(node, example.config, input, new Bench(folder))
        deepStrictEqual(
          ran.problems.filter(({ severity }) => severity === 'error'),
          [],
          'its columns are refused',
        )
        if (example.output) sameValues(shownAs(example, ran), example.output, tolerance)
        if (example.rejected !== undefined)
          equal(ran.rejected.length, example.rejected, `rejected rows${ran.rejected.map((one) => `: ${one.message}`)}`)
        const ports = node.ports?.(example.config as never) ?? ['']
        for (const port of Object.keys(ran.ports)) ok(ports.includes(port), `rows leave by "${port}", no port of it`)
      },
    },
    {
      name: say('gives the same however its rows are cut into batches'),
      check: async () => {
        await runCuts(node, example.config, input, { folder, tolerance, cuts: tolerance ? [4096, 1] : cuts })
      },
    },
    {
      name: say('takes no row, and one'),
      check: async () => void (await Promise.all([run([]), run(rows.slice(0, 1))])),
    },
    { name: say('takes rows of nulls'), check: async () => void (await run(allNull(fields, 3))) },
    { name: say('takes texts of any script'), check: async () => void (await run(beyondAscii(rows))) },
    ...(node.reads
      ? [
          {
            name: say('reads no more columns than it says'),
            check: () => needsNoMore(node, example.config, input, folder),
          },
        ]
      : []),
    { name: say('ends cleanly in the middle'), check: () => stopsCleanly(node, example, folder) },
  ]
  if (tolerance) return promises
  const any = async () => {
    for (let seed = 1; seed <= 40; seed++) await run(someRows(fields, seed % 10, seed), [4096, 0, 2])
  }
  return [...promises, { name: say('takes any values of its columns’ types'), check: any }]
}

/** An end in the middle, by a consumer that has enough or an input that fails, leaves no memory held. */
async function stopsCleanly(node: TransformNode, example: Example, folder: string): Promise<void> {
  const { fields, rows } = inputOf(example)
  const long = { fields, rows: Array.from({ length: 8 }, () => rows).flat(), batchRows: 1 }
  await runNode(node, example.config, { ...long, stopAfter: 1 }, new Bench(folder))
  const bench = new Bench(folder)
  const ended = await runNode(node, example.config, { ...long, failAfter: 3 }, bench).catch(
    (error: Error) => error.message,
  )
  // A node that had enough before the input failed does not hear of it.
  if (typeof ended === 'string') equal(ended, 'the input failed', 'it hides that its input failed')
  equal(bench.pool.held, 0, 'blocks of memory are still held after its input failed')
}

/** The rows of an example as input. */
export function inputOf({ input = [], rows = [] }: Example): Rows {
  return { fields: input, rows }
}

/** A run's rows in the form in which the example writes them: a list, or one a port. */
const shownAs = (example: Example, ran: Ran): unknown => (Array.isArray(example.output) ? ran.rows : ran.ports)
