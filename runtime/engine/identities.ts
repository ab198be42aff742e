import { type Batch, type Column, columnOf, type Scope } from '../memory/index.ts'
import { lineageColumn } from '../pipeline/lineage.ts'

/** The rows' identities as a column of texts: what a sink stores of them with `--lineage`. */
export const identitiesOf = ({ identity, rows }: Batch, scope: Scope): Column =>
  columnOf(
    scope,
    lineageColumn.type,
    Array.from({ length: rows }, (_, row) => identity.text(row)),
  )
