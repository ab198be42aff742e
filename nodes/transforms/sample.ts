import { type Batch, type Identity, maskOf, Type, transform, types } from '@headrace/runtime/sdk'

/** Lets a part of the rows through: the first ones, or a share chosen by chance that every run chooses alike. */
export default transform({
  title: 'Sample',
  description:
    'Keeps the first rows, or a random share of them that is the same on every run and with any number of workers.',
  config: Type.Object({
    first: Type.Optional(
      Type.Integer({ minimum: 0, description: 'Keeps so many rows, in the order of the source. Or set fraction.' }),
    ),
    fraction: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 1,
        description: 'Keeps about this share of the rows, 0.01 for one in a hundred. Or set first.',
      }),
    ),
    seed: Type.Optional(
      Type.Integer({ default: 0, description: 'Another seed chooses other rows. With fraction only.' }),
    ),
  }),
  summary: ({ first, fraction }) =>
    first !== undefined ? `the first ${first}` : `${Number(((fraction ?? 0) * 100).toPrecision(3))} % of the rows`,
  examples: [
    {
      title: 'The first two rows',
      config: { first: 2 },
      input: [{ name: 'id', type: types.int64 }],
      rows: [{ id: 1n }, { id: 2n }, { id: 3n }],
      output: [{ id: 1n }, { id: 2n }],
    },
    {
      title: 'Half of the rows, the same ones every time',
      config: { fraction: 0.5, seed: 7 },
      input: [{ name: 'name', type: types.string }],
      rows: [{ name: 'Anna' }, { name: 'Bo' }, { name: 'Chloé' }, { name: 'Dan' }, { name: 'Eve' }, { name: null }],
    },
  ],
  ordered: ({ first }) => first !== undefined,
  columns: ({ input, config, report }) => {
    if ((config.first === undefined) === (config.fraction === undefined)) {
      report({
        code: 'first-or-fraction',
        setting: config.first === undefined ? 'fraction' : 'first',
        message: config.first === undefined ? 'neither first nor fraction is set' : 'first and fraction are both set',
        hint: 'Set one of them.',
      })
    }
    return input.fields
  },
  reads: () => [],
  run: ({ input, config, outBefore }) =>
    config.first === undefined
      ? takeFraction(input, config.fraction ?? 1, config.seed ?? 0)
      : takeFirst(input, config.first - outBefore),
})

async function* takeFirst(input: AsyncIterable<Batch>, wanted: number): AsyncGenerator<Batch> {
  let left = wanted
  if (left <= 0) return
  for await (const batch of input) {
    const take = Math.min(left, batch.rows)
    left -= take
    yield take === batch.rows ? batch : batch.where(maskOf(batch.scope, batch.rows, (row) => row < take))
    if (left <= 0) return
  }
}

async function* takeFraction(input: AsyncIterable<Batch>, fraction: number, seed: number): AsyncGenerator<Batch> {
  const below = fraction * 2 ** 32
  for await (const batch of input) {
    const hash = rowHash(batch.identity, seed)
    yield batch.where(maskOf(batch.scope, batch.rows, (row) => hash(row) < below))
  }
}

/** A number below 2^32 for each row, from the row's identity alone: how batches are cut and who works does not matter. */
function rowHash(identity: Identity, seed: number): (row: number) => number {
  const starts = new Map<string, number>()
  const startOf = (path: string) => {
    let start = starts.get(path)
    if (start === undefined) {
      start = mix(seed | 0, Math.floor(seed / 2 ** 32) | 0)
      for (const char of path) start = mix(start, char.codePointAt(0) as number)
      starts.set(path, start)
    }
    return start
  }
  return (row) => {
    const number = identity.number(row)
    let hash = mix(mix(startOf(identity.originOf(row).path), number | 0), Math.floor(number / 2 ** 32) | 0)
    for (const level of identity.children) hash = mix(hash, level[row] as number)
    return hash >>> 0
  }
}

/** One round with the finaliser of MurmurHash3. */
function mix(hash: number, value: number): number {
  let mixed = Math.imul(hash ^ value, 0x9e3779b1) + 0x165667b1
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}
