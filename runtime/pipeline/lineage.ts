import type { NodeProblem } from './columns.ts'
import { Schema } from './schema.ts'
import { type Field, types } from './types.ts'

/** The column in which sinks keep each row's identity, in the form that `headrace trace` takes. */
export const lineageColumn: Field = { name: '_identity', type: types.string }

/** The columns that enter a sink, with that of the identities behind them; rejected rows have it already. */
export function withLineage(input: Schema): Schema {
  if (input.field(lineageColumn.name)) return input
  const known = made.get(input) ?? new Schema([...input.fields, lineageColumn])
  made.set(input, known)
  return known
}

const made = new WeakMap<Schema, Schema>()

/** What keeps identities from being a column of a sink; `rejected`: rejected rows reach it, which bring theirs along. */
export function lineageProblem(input: Schema, rejected: boolean): NodeProblem | null {
  const { name } = lineageColumn
  const own = input.field(name)
  if (!own || (rejected && own.type.kind === 'string')) return null
  return {
    severity: 'error',
    code: 'identity-column',
    message: `a column called "${name}" enters here, and with lineage the rows' identities would have that name`,
    hint: `Rename it with a transforms/select before this node, or run without lineage.`,
    column: name,
  }
}

/** A sink's problem with the columns of what it adds to; where that is about the identities it says what to do. */
export function withLineageHint(problem: NodeProblem, lineage: boolean): NodeProblem {
  if (problem.code !== 'columns-differ' || !problem.message.includes(`"${lineageColumn.name}"`)) return problem
  const hint = lineage
    ? 'What is there was made without lineage: run without it, or write to another place.'
    : 'What is there was made with lineage: run with --lineage, or write to another place.'
  return { ...problem, hint }
}
