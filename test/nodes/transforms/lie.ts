import { existsSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { Batch, columnOf, Identity, maskOf, Type, transform } from '@headrace/runtime/sdk'

/** How a transform can lie about its rows; each of them is caught. */
export const transformLies = [
  'drop',
  'double',
  'swap',
  'invent',
  'other',
  'late',
  'reject-and-keep',
  'filter-and-keep',
  'short',
] as const

/** A node that breaks the books: tests show that the engine notices. */
export default transform({
  title: 'Lie',
  description: 'Drops, doubles or swaps rows behind the books.',
  config: Type.Object({
    how: Type.String({
      description:
        'drop a row; double one; swap: drop one and double another; invent an identity; other: a row of another batch ' +
        'in the place of its own; late: reject a row after the end; reject-and-keep or filter-and-keep it; short: a ' +
        'column with a value less; throw',
    }),
    at: Type.Integer({ default: 31, description: 'It lies when it meets this n.' }),
    honest: Type.Optional(Type.String({ description: 'A file: where it exists, nothing is wrong.' })),
  }),
  examples: [],
  columns: ({ input }) => input.fields,
  async *run({ input, config: { how, at, honest } }) {
    let before: Identity | undefined
    let last: (Batch & Disposable) | undefined
    for await (const batch of input) {
      const numbers = Array.from({ length: batch.rows }, (_, row) => Number(batch.row(row)['n']))
      const row = numbers.indexOf(at)
      if (row < 0 || (honest && existsSync(honest))) {
        yield batch
        before = batch.identity
        continue
      }
      if (how === 'throw') throw new TypeError(`cannot read row ${batch.identity.text(row)}`)
      const failure = { row, code: 'odd', message: 'an odd row' }
      const all = numbers.map((_, place) => place)
      const with_ = (rows: number[], identity = batch.identity.take(Int32Array.from(rows))) =>
        new Batch(
          batch.scope,
          batch.schema,
          batch.columns.map((column) => ({ ...column, length: rows.length })),
          identity,
        )
      if (how === 'drop') yield with_(all.slice(0, -1))
      else if (how === 'double') {
        yield batch
        yield batch.slice(row, row + 1)
      } else if (how === 'swap') yield with_(all.map((place) => (place === row ? (row + 1) % batch.rows : place)))
      else if (how === 'invent')
        yield with_(
          all,
          changed(batch.identity, row, (number) => number + 1_000_000),
        )
      else if (how === 'other')
        yield with_(
          all,
          changed(batch.identity, row, () => before?.number(0) ?? 0),
        )
      else if (how === 'short') {
        const columns = batch.schema.fields.map(({ type }) => columnOf(batch.scope, type, new Array(all.length - 1)))
        yield new Batch(batch.scope, batch.schema, columns, batch.identity)
      } else if (how === 'reject-and-keep') {
        batch.reject([failure])
        yield batch
      } else if (how === 'filter-and-keep') {
        batch.where(maskOf(batch.scope, batch.rows, (place) => place !== row))
        yield batch
      } else {
        last = batch.keep()
        yield batch
      }
    }
    // Nobody waits for this: a node that lets go of its work and does it later all the same.
    if (last) void later(last)
  },
})

async function later(batch: Batch): Promise<void> {
  await setImmediate()
  batch.reject([{ row: 0, code: 'late', message: 'too late' }])
}

function changed(identity: Identity, row: number, number: (before: number) => number): Identity {
  const numbers = Float64Array.from({ length: identity.rows }, (_, place) => identity.number(place))
  numbers[row] = number(numbers[row] as number)
  return new Identity(identity.origins ?? identity.origin, identity.rows, numbers, identity.children, identity.branch)
}
