import { columnsIn } from '../expression/columnnames.ts'
import { compileExpression } from '../expression/index.ts'
import { type Batch, bitAt, isValid } from '../memory/index.ts'
import type { CheckedNode } from '../pipeline/check.ts'
import { constantsOf } from '../pipeline/params/constants.ts'
import { textSettings } from '../pipeline/textsettings.ts'
import { type Field, typeName } from '../pipeline/types.ts'
import type { TracedCondition } from '../server/api/trace.ts'
import { cellsOf } from './values.ts'
import type { Walk } from './walk.ts'

const expressions = new Set(['expression'])

/** What a node's conditions say of a row, and the values of the columns that they name. */
export function conditionsOf({ definition, config }: CheckedNode, row: Batch, walk: Walk): TracedCondition[] {
  const { now, values } = walk.run.plan.flow
  const cells = cellsOf(row)
  return textSettings(definition.config, config, expressions).flatMap(({ setting, text }) => {
    const names = [...new Set(columnsIn(text).map(({ name }) => name))].filter((name) => cells.has(name))
    const columns = names.map((column) => ({
      column,
      type: typeName((row.schema.field(column) as Field).type),
      value: cells.get(column) ?? null,
    }))
    const compiled = compileExpression(text, row.schema, { now: new Date(now), constants: constantsOf(values) })
    if (compiled.type.kind !== 'bool') return []
    const { column, failures } = compiled(row)
    const [failure] = failures
    const value = failure || !isValid(column, 0) ? null : bitAt(column.values as Uint8Array, 0)
    return [{ setting, expression: text, value, error: failure?.message ?? null, columns }]
  })
}
