import { deepStrictEqual, equal, ok } from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Example, SinkNode, SourceNode } from '../../sdk/node.ts'
import { Bench, type Row } from '../bench.ts'
import { sameValues } from '../cuts.ts'
import { readSource, writeSink } from '../ends.ts'
import type { Promised, Workplace } from './index.ts'
import { inputOf } from './rows.ts'
import { allNull, beyondAscii } from './values.ts'

/** What a source promises, shown with one of its examples. */
export function readsAgain(
  node: SourceNode,
  example: Example,
  { fresh }: Workplace,
  say: (what: string) => string,
): Promised[] {
  const read = async () => {
    const bench = new Bench(fresh())
    for (const [path, content] of Object.entries(example.files ?? {})) {
      mkdirSync(dirname(join(bench.folder, path)), { recursive: true })
      writeFileSync(join(bench.folder, path), content)
    }
    return { bench, read: await readSource(node, example.config, bench) }
  }
  return [
    {
      name: say('gives the rows and rejects that it shows'),
      check: async () => {
        const { read: found } = await read()
        deepStrictEqual(
          found.problems.filter(({ severity }) => severity === 'error'),
          [],
          'its probe reports problems',
        )
        if (example.output) sameValues(found.rows, example.output, 0)
        if (example.rejected !== undefined) equal(found.rejected.length, example.rejected, 'rejected rows')
      },
    },
    {
      name: say('gives every row an identity of its own, and the same rows when it reads again'),
      check: async () => {
        const { bench, read: found } = await read()
        equal(new Set(found.identities).size, found.rows.length, 'different identities for as many rows')
        const again = await readSource(node, example.config, new Bench(bench.folder))
        sameValues(again.rows, found.rows, 0)
      },
    },
  ]
}

/** What a sink promises, shown with one of its examples. */
export function keepsEnds(
  node: SinkNode,
  example: Example,
  { fresh }: Workplace,
  say: (what: string) => string,
): Promised[] {
  const { fields, rows } = inputOf(example)
  const write = (...splits: { rows: readonly Row[]; batchRows?: number }[]) =>
    writeSink(
      node,
      example.config,
      splits.map((split) => ({ fields, ...split })),
      new Bench(fresh()),
    )
  return [
    {
      name: say('stores every row, the same however they are cut into batches'),
      check: async () => {
        const texts = new Set<string>()
        for (const batchRows of [4096, 0, 1]) {
          const written = await write({ rows, batchRows }, { rows: [], batchRows })
          deepStrictEqual(written.problems, [], 'it reports problems')
          equal(written.rejected.length, example.rejected ?? 0, 'rejected rows')
          const staged = written.receipts.reduce((sum, receipt) => sum + receipt.rows, 0)
          equal(staged, rows.length - written.rejected.length, 'its receipts count other rows than it got')
          equal(written.output?.rows, staged - written.replaced, '`finish` counts other rows than its receipts')
          const path = written.output?.path ?? ''
          if (/\.(csv|ndjson)$/.test(path)) texts.add(readFileSync(path, 'utf8'))
        }
        ok(texts.size <= 1, 'another cut of the same rows wrote another file')
      },
    },
    {
      name: say('takes nulls, any script, and no row'),
      check: async () => {
        for (const other of [allNull(fields, 3), beyondAscii(rows), []]) {
          const written = await write({ rows: other })
          const staged = written.receipts.reduce((sum, receipt) => sum + receipt.rows, 0)
          equal(staged + written.rejected.length, other.length, 'stored and rejected rows are not those that came')
        }
      },
    },
  ]
}
