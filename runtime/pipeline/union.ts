import { edgeText, type PipelineEdge } from './model.ts'
import { Schema } from './schema.ts'
import { type Field, sameType, typeName, types } from './types.ts'

export interface Conflict {
  readonly edge: PipelineEdge
  readonly message: string
  readonly hint: string
}

/**
 * The columns of several edges that lead into one port: by name, in the order in which they first come; what one edge
 * lacks is null there. A column that comes with two types is a conflict.
 */
export function unionOf(inputs: readonly { readonly edge: PipelineEdge; readonly schema: Schema }[]): {
  readonly schema: Schema
  readonly conflicts: Conflict[]
} {
  const [only] = inputs
  if (only && inputs.every(({ schema }) => schema === only.schema)) return { schema: only.schema, conflicts: [] }
  const fields: Field[] = []
  const first = new Map<string, { field: Field; edge: PipelineEdge }>()
  const conflicts: Conflict[] = []
  for (const { edge, schema } of inputs) {
    for (const field of schema.fields) {
      const before = first.get(field.name)
      if (!before) {
        first.set(field.name, { field, edge })
        fields.push(field)
      } else if (!sameType(before.field.type, field.type)) conflicts.push(conflictOf(before, { field, edge }))
    }
  }
  // The others have nothing of their own.
  const same = only && fields.length === only.schema.fields.length
  return { schema: same ? only.schema : new Schema(fields), conflicts }
}

interface Coming {
  readonly field: Field
  readonly edge: PipelineEdge
}

function conflictOf(before: Coming, after: Coming): Conflict {
  const { name } = after.field
  const [a, b] = [typeName(before.field.type), typeName(after.field.type)]
  return {
    edge: after.edge,
    message: `column "${name}" is ${a} on ${edgeText(before.edge)} and ${b} on ${edgeText(after.edge)}`,
    hint: `Put a transforms/select between ${after.edge.from.node} and ${after.edge.to.node}: "columns": [{ "column": ${JSON.stringify(name)}, "type": ${JSON.stringify(a)} }], "rest": "keep".`,
  }
}

const reasons: readonly Field[] = ['_node', '_identity', '_code', '_message', '_column'].map((name) => ({
  name,
  type: types.string,
}))

const raw: readonly Field[] = [
  { name: 'raw', type: types.string },
  { name: 'file', type: types.string },
  { name: 'line', type: types.int64 },
  { name: 'byte', type: types.int64 },
]

/** The columns of `rejects`: the row as it entered the node (null: a source, whose raw text it is), then why it failed. */
export function rejectsOf(input: Schema | null): Schema {
  const key = input ?? raw
  const known = rejected.get(key) ?? withReasons(input)
  rejected.set(key, known)
  return known
}

const rejected = new WeakMap<object, Schema>()

function withReasons(input: Schema | null): Schema {
  const own = (input?.fields ?? raw).filter(({ name }) => !reasons.some((reason) => reason.name === name))
  return new Schema([...own, ...reasons])
}
