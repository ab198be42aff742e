import { type Batch, columnOf, type Failure, type Identity, type Scope } from '../memory/index.ts'
import type { Schema } from '../pipeline/schema.ts'
import { types } from '../pipeline/types.ts'

const names = ['_node', '_identity', '_code', '_message', '_column'] as const

/** Why a node rejected a row, as a rejected row carries it. */
export function reasonOf(
  node: string,
  identity: Identity,
  row: number,
  { code, message, column }: Omit<Failure, 'row'>,
): Record<(typeof names)[number], unknown> {
  return {
    _node: node,
    _identity: identity.text(row),
    _code: code,
    _message: message,
    _column: column ?? null,
  }
}

/** Rejected rows with the columns of `rejects`: as they entered, then why. */
export function withReasons(
  node: string,
  scope: Scope,
  rejected: Batch,
  failures: readonly Failure[],
  rejects: Schema,
): Batch {
  const reasons = failures.map((failure, row) => reasonOf(node, rejected.identity, row, failure))
  const own = rejected.project(
    rejected.schema.fields.filter(({ name }) => rejects.indexOf(name) >= 0).map(({ name }) => ({ column: name })),
  )
  return own.with(
    names.map((name) => {
      const texts = reasons.map((reason) => reason[name])
      return [{ name, type: types.string }, columnOf(scope, types.string, texts)]
    }),
  )
}
