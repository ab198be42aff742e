import { type Batch, batchOf, Identity, type Origin, readIdentity, type Scope } from '../../memory/index.ts'
import { lineageColumn } from '../../pipeline/lineage.ts'
import type { Schema } from '../../pipeline/schema.ts'
import { valueFromJson } from '../../text/parsevalue.ts'
import type { DeadLetter } from '../deadletters-reader.ts'
import { type LetterRange, lettersIn } from './letters.ts'

const batchRows = 512

interface Row {
  readonly values: Record<string, unknown>
  readonly identity: NonNullable<ReturnType<typeof readIdentity>>
}

/** Rejected rows as the batches that enter the node which rejected them, each under the identity that it had. */
export async function* enteringRows(range: LetterRange, scope: Scope, schema: Schema): AsyncGenerator<Batch> {
  const origins = new Map<string, Origin>()
  let rows: Row[] = []
  for (const letter of await lettersIn(range)) {
    const row = rowOf(letter, schema)
    if (rows[0] && (rows.length >= batchRows || !together(rows[0], row))) {
      yield toBatch(rows, scope, schema, origins)
      rows = []
    }
    rows.push(row)
  }
  if (rows.length) yield toBatch(rows, scope, schema, origins)
}

/** The row's values as the input's columns take them; throws where one does not fit. */
export function rowOf({ identity, values }: DeadLetter, schema: Schema): Row {
  const parts = readIdentity(identity)
  if (!parts) throw new Error(`"${identity}" is no identity of a row`)
  // A sink's column of identities is no value of the row, unless the row has one that is called so.
  const all = { [lineageColumn.name]: identity, ...values }
  const row = schema.fields.map(({ name, type }) => [name, valueFromJson(type, all[name])] as const)
  return { values: Object.fromEntries(row), identity: parts }
}

const together = ({ identity: a }: Row, { identity: b }: Row): boolean =>
  a.node === b.node && a.path === b.path && a.branch === b.branch && a.children.length === b.children.length

function toBatch(rows: readonly Row[], scope: Scope, schema: Schema, origins: Map<string, Origin>): Batch {
  const { node, path, branch, children } = (rows[0] as Row).identity
  const origin = origins.get(`${node}:${path}`) ?? { node, path }
  origins.set(`${node}:${path}`, origin)
  const identity = new Identity(
    origin,
    rows.length,
    Float64Array.from(rows, (row) => row.identity.number),
    children.map((_, level) => Uint32Array.from(rows, (row) => row.identity.children[level] as number)),
    branch,
  )
  return batchOf(
    scope,
    schema.fields,
    rows.map(({ values }) => values),
    identity,
  )
}
