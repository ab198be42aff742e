import { type ColumnType, type Field, fixed, type Json, list, struct, types } from '@headrace/runtime/sdk'

/**
 * How the values of a column are read. `string` takes texts only; `text` takes anything, what is no text as its JSON;
 * `typed` comes from the setting `types` and takes numbers and dates that stand in quotes too.
 */
export type Plan =
  | { readonly kind: 'bool' | 'int64' | 'float64' | 'string' | 'text' }
  | { readonly kind: 'list'; readonly item: Plan }
  | { readonly kind: 'fixed'; readonly item: Plan; readonly size: number }
  | { readonly kind: 'struct'; readonly fields: readonly PlanField[] }
  | { readonly kind: 'typed'; readonly type: ColumnType }

export interface PlanField {
  readonly name: string
  readonly plan: Plan
}

/** What probing finds, as reading wants it. */
export interface JsonProbe {
  readonly columns: readonly PlanField[]
  /** A row is a value of its own, not an object: the only column takes it whole. */
  readonly bare: boolean
}

// A cast: plain JSON on its way through the engine, made by this source's own probe.
export const jsonProbe = (data: Json | undefined): JsonProbe => data as unknown as JsonProbe

/** The column type that a plan gives. */
function planType(plan: Plan): ColumnType {
  switch (plan.kind) {
    case 'typed':
      return plan.type
    case 'text':
      return types.string
    case 'list':
      return list(planType(plan.item))
    case 'fixed':
      return fixed(planType(plan.item), plan.size)
    case 'struct':
      return struct(planFields(plan.fields))
    default:
      return types[plan.kind]
  }
}

export const planFields = (fields: readonly PlanField[]): Field[] =>
  fields.map(({ name, plan }) => ({ name, type: planType(plan) }))

/** The plan for a type from the setting `types`. */
export function planFor(type: ColumnType): Plan {
  switch (type.kind) {
    case 'string':
      return { kind: 'text' }
    case 'list':
      return { kind: 'list', item: planFor(type.item) }
    case 'fixed':
      return { kind: 'fixed', item: planFor(type.item), size: type.size }
    case 'struct':
      return { kind: 'struct', fields: type.fields.map(({ name, type: inner }) => ({ name, plan: planFor(inner) })) }
    default:
      return { kind: 'typed', type }
  }
}

/** How many columns without children a plan has: what bounds a batch's width. */
export function leaves(plan: Plan): number {
  if (plan.kind === 'struct') return plan.fields.reduce((sum, field) => sum + leaves(field.plan), 1)
  if (plan.kind === 'fixed') return plan.size * leaves(plan.item)
  return plan.kind === 'list' ? 1 + leaves(plan.item) : 1
}
