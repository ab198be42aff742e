import { bitAt, type Column, countBits, gather, isValid, type Scope, setBit } from '../../memory/index.ts'
import type { TreeOf, Value } from '../tree.ts'
import { boxes, has, type Kernel, none, type Vector, vectorFrom } from '../vector.ts'

/** `address.city`: the field's own column, null where the struct is null. */
export function fieldKernel(tree: TreeOf<'field'>, object: Kernel): Kernel {
  const { type } = tree.object
  const name = type.kind === 'struct' ? (type.fields[tree.field]?.name as string) : ''
  return (frame) => {
    const vector = object(frame)
    if (vector.form === 'none') return none
    if (vector.form === 'column') return asVector(fieldOf(vector.column, tree.field, frame.scope as Scope))
    const box = boxes(vector, type, frame.rows)
    const values = Array.from({ length: frame.rows }, (_, row) => (box(row) as Record<string, Value> | null)?.[name])
    return vectorFrom(values, tree.type)
  }
}

const asVector = (column: Column): Vector => ({ form: 'column', column, valid: column.validity })

function fieldOf(struct: Column, field: number, scope: Scope): Column {
  const child = struct.children[field] as Column
  if (!struct.validity || child.type.kind === 'null') return child
  const validity = scope.bits(struct.length)
  for (let row = 0; row < struct.length; row++)
    if (bitAt(struct.validity, row) && isValid(child, row)) setBit(validity, row)
  return { ...child, length: struct.length, validity, nulls: struct.length - countBits(validity, struct.length) }
}

/** `list[i]`: null behind the end and before the start. */
export function indexKernel(tree: TreeOf<'index'>, list: Kernel, at: Kernel): Kernel {
  return (frame) => {
    const [lists, places] = [list(frame), at(frame)]
    if (lists.form === 'none' || places.form === 'none') return none
    const place = boxes(places, tree.at.type, frame.rows)
    if (lists.form === 'column') {
      const rows = Int32Array.from({ length: frame.rows }, (_, row) => itemOf(lists.column, row, place(row) as bigint))
      return asVector(gather(frame.scope as Scope, lists.column.children[0] as Column, rows))
    }
    const box = boxes(lists, tree.list.type, frame.rows)
    const values = Array.from({ length: frame.rows }, (_, row) => {
      const [items, index] = [box(row) as Value[] | null, place(row) as bigint | null]
      return items === null || index === null || index < 0n ? null : items[Number(index)]
    })
    return vectorFrom(values, tree.type)
  }
}

/** The row in the list's child of a row's item, or -1. */
function itemOf(column: Column, row: number, at: bigint | null): number {
  if (at === null || at < 0n || !isValid(column, row)) return -1
  const { type, offsets } = column
  const [start, end] =
    type.kind === 'fixed' ? [row * type.size, (row + 1) * type.size] : [offsets?.[row] ?? 0, offsets?.[row + 1] ?? 0]
  const item = start + Number(at)
  return item < end ? item : -1
}

/** `[a, b]`. */
export function listKernel(tree: TreeOf<'list'>, items: readonly Kernel[]): Kernel {
  return (frame) => {
    const all = items.map((item, i) => boxes(item(frame), tree.items[i]?.type ?? tree.type, frame.rows))
    const values = Array.from({ length: frame.rows }, (_, row) =>
      has(frame.active, row) ? all.map((box) => box(row)) : null,
    )
    return vectorFrom(values, tree.type)
  }
}
