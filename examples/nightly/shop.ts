import { mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

export interface Order {
  readonly id: number
  readonly customer: string
  readonly pieces: string
  readonly total: number
}

/** A row of the table, or what it should be, as one text. */
export type Row = string

const root = join(import.meta.dirname, '..', '..')

/** Writes a day's file as the shop sends it. */
export function send(folder: string, day: string, orders: readonly Order[], header = 'id,customer,pieces,total'): void {
  const lines = orders.map(({ id, customer, pieces, total }) => `${id},${customer},${pieces},${total.toFixed(2)}`)
  mkdirSync(join(folder, 'in'), { recursive: true })
  writeFileSync(join(folder, 'in', `${day}.csv`), `${[header, ...lines].join('\n')}\n`)
}

/** So many orders from an id on. */
export const orders = (first: number, count: number): Order[] =>
  Array.from({ length: count }, (_, i) => {
    const id = first + i
    return { id, customer: `C${1 + (id % 4)}`, pieces: String(1 + (id % 9)), total: (id * 37) % 1000 }
  })

/** What should be stored of the files as they lie there; `loaded` says under which day each was stored last. */
export function expected(folder: string, loaded: ReadonlyMap<string, string>, rate: (day: string) => number): Row[] {
  const read = (name: string) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n').slice(1)
  const names = new Map(read('customers.csv').map((line) => line.split(',') as [string, string]))
  return readdirSync(join(folder, 'in')).flatMap((file) =>
    read(join('in', file)).map((line) => {
      const [id, customer = '', pieces, total] = line.split(',')
      const day = loaded.get(file.slice(0, -'.csv'.length)) ?? ''
      const gross = Math.round(Number(total) * rate(day) * 100) / 100
      return [id, customer, pieces === 'two' ? 2 : pieces, gross, names.get(customer) ?? null, day].join(' ')
    }),
  )
}

/** What the script uses of LanceDB, a package of the nodes' library. */
interface LanceDb {
  readonly connect: (path: string) => Promise<{
    readonly openTable: (name: string) => Promise<{
      readonly query: () => { readonly toArray: () => Promise<readonly Record<string, unknown>[]> }
    }>
  }>
}

/** What is stored, read by LanceDB itself. */
export async function stored(folder: string): Promise<Row[]> {
  const nodes = realpathSync(join(root, 'node_modules', '@headrace', 'nodes', 'package.json'))
  const { connect } = createRequire(nodes)('@lancedb/lancedb') as LanceDb // `require` knows no types
  const database = await connect(join(folder, 'out', 'shop.lance'))
  const rows = await (await database.openTable('orders')).query().toArray()
  return rows.map(({ id, customer, pieces, gross, name, loaded }) =>
    [id, customer, pieces, gross, name, loaded].join(' '),
  )
}
