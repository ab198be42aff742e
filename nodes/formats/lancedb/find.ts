import { Pool, Scope, valueAt } from '@headrace/runtime/sdk'
import { connectTo, inLanceDb, tableExists } from './connect.ts'
import { literal } from './old.ts'
import { growingTable, rowsOf } from './search.ts'

/** The stored row with the key of another; undefined without a key, or where it is of a type that filters do not take. */
export async function findByKey(
  database: string,
  name: string,
  key: readonly string[],
  row: Readonly<Record<string, unknown>>,
): Promise<{ key: string; values: Record<string, unknown> | null } | undefined> {
  const wanted = key.map((column) => [column, row[column]] as const)
  if (key.length === 0 || key.some((column) => column.includes('`')) || !wanted.every(([, value]) => isSimple(value)))
    return undefined
  const words = wanted.map(([column, value]) => `${column} ${String(value)}`).join(', ')
  const stored = (await tableExists(database, name)) ? name : await growingTable(database, name)
  if (stored === null) return { key: words, values: null }
  const connection = await connectTo(database)
  const scope = new Scope(new Pool(1 << 28))
  try {
    return await inLanceDb(name, async () => {
      const table = await connection.openTable(stored)
      const filter = wanted.map(([column, value]) => `\`${column}\` = ${literal(value as string)}`).join(' AND ')
      const [values = null] = await rowsOf(await table.query().where(filter).limit(1).toArrow(), scope, valueAt)
      return { key: words, values }
    })
  } finally {
    scope.close()
    connection.close()
  }
}

const isSimple = (value: unknown): boolean =>
  typeof value === 'string' || typeof value === 'bigint' || Number.isInteger(value)
