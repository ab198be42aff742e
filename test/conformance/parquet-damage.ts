// Run as a process of its own: `node parquet-damage.ts FILE…` reads each file and prints what became of it, a line each.
import {
  Account,
  Batch,
  type Coded,
  type Column,
  HeadraceError,
  Identity,
  Pool,
  Schema,
  Scope,
} from '@headrace/runtime/sdk'
import parquet from '../../nodes/sources/parquet.ts'

const signal = new AbortController().signal
const pool = new Pool(1 << 28)

async function read(path: string): Promise<string> {
  const config = { path }
  const problems: string[] = []
  const resolve = (name: string) => (name.startsWith('/') ? name : `${process.cwd()}/${name}`)
  const folder = process.cwd()
  const report = ({ code, message }: { code: string; message: string }) => void problems.push(`${code}: ${message}`)
  const probe = await parquet.probe({ config, node: 'damage', folder, resolve, report, signal })
  if (problems.length) return problems.join(' AND ')
  const schema = new Schema(probe.columns)
  let rows = 0
  for (const split of await parquet.splits({ config, probe, resolve, signal })) {
    const scope = new Scope(pool, new Account())
    const context = {
      ...{ config, node: 'damage', folder, resolve, scope, signal, split, probe, schema, runId: '', now: new Date() },
      log: () => {},
      count: () => {},
      reject: () => {},
      expression: () => {
        throw new Error('a source has no expressions')
      },
      maxRowBytes: 1 << 20,
      batch: (
        from: string,
        numbers: number | Float64Array,
        count: number,
        columns: readonly (Column | Coded | null)[],
      ) =>
        new Batch(
          scope,
          schema,
          columns as (Column | Coded)[],
          new Identity({ node: 'damage', path: from }, count, numbers),
        ),
    }
    try {
      for await (const batch of parquet.read(context)) {
        rows += batch.rows
        scope.resume()
      }
    } finally {
      scope.close()
    }
  }
  return `rows ${rows}`
}

for (const path of process.argv.slice(2)) {
  try {
    console.log(`${path}\t${await read(path)}`)
  } catch (error) {
    const what = error instanceof HeadraceError ? `${error.code}: ${error.message}` : `UNCLEAR ${error}`
    console.log(`${path}\t${what.replaceAll('\n', ' ')}`)
  }
}
