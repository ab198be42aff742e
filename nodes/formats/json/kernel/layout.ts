import type { Memory } from '../../wasm/instance.ts'
import type { Plan, PlanField } from '../plan.ts'
import { freeFrom } from './module.ts'
import { field, kinds, node } from './nodes.ts'

/** A node of the kernel as JavaScript knows it. */
export interface Node {
  readonly at: number
  readonly plan: Plan
  readonly skipped: boolean
  /** The nodes of an object's fields, or of a list's items. */
  readonly inner: readonly Node[]
}

/** Where everything lies that is read into and from. */
export interface Layout {
  readonly root: Node
  readonly starts: number
  readonly ends: number
  readonly input: number
  /** Room for finished texts, as much as for the input. */
  readonly texts: number
  readonly offsets: number
}

/** Bytes of rows that are read at once, at most. */
export const mostBytes = 5 << 18
/** Items that all nodes below lists have room for together. */
const mostItems = 1 << 18
/** What is loaded or stored beyond an end, sixteen bytes at a time. */
const slack = 64

/** Whether the kernel reads a plan. */
export function isReadable(plan: Plan): boolean {
  if (plan.kind === 'struct') return plan.fields.every((inner) => isReadable(inner.plan))
  if (plan.kind === 'list') return isReadable(plan.item)
  return plan.kind !== 'typed' && plan.kind !== 'fixed'
}

/** Lays nodes out for rows of a plan, `most` at a time. `wanted` says which fields of a row are. */
export function layOut(memory: Memory, plan: Plan, most: number, wanted: (name: string) => boolean): Layout {
  let free = freeFrom
  const take = (bytes: number): number => {
    const at = free
    free += Math.ceil((bytes + slack) / 16) * 16
    const missing = free - memory.buffer.byteLength
    if (missing > 0) memory.grow(Math.ceil(missing / 65536))
    return at
  }
  const itemRoom = Math.max(1024, Math.floor(mostItems / Math.max(1, itemNodes(plan, false))))
  const word = (at: number, value: number) => new DataView(memory.buffer).setInt32(at, value, true)

  const place = (plan: Plan, room: number, skipped: boolean): Node => {
    const at = take(node.size)
    const inner =
      plan.kind === 'struct' && !skipped
        ? plan.fields.map((one) => place(one.plan, room, room === most && plan === whole && !wanted(one.name)))
        : plan.kind === 'list' && !skipped
          ? [place(plan.item, itemRoom, false)]
          : []
    // The memory may have served another plan.
    word(at + node.count, 0)
    // A cast: the plans that the kernel reads have the kinds that it knows.
    word(at + node.kind, skipped ? kinds.skipped : kinds[plan.kind as keyof typeof kinds])
    word(at + node.room, room)
    if (!skipped) {
      word(at + node.present, take(room))
      word(at + node.values, take(room * bytesPerValue(plan)))
    }
    if (plan.kind === 'list' && !skipped) {
      word(at + node.inner, inner[0]?.at ?? 0)
      word(new DataView(memory.buffer).getInt32(at + node.values, true), 0)
    }
    if (plan.kind === 'struct' && !skipped) {
      word(at + node.fields, inner.length)
      word(at + node.inner, placeFields(plan.fields, inner))
      word(at + node.object, 0)
    }
    return { at, plan, skipped, inner }
  }

  const placeFields = (fields: readonly PlanField[], inner: readonly Node[]): number => {
    const at = take(fields.length * field.size)
    for (const [i, { name }] of fields.entries()) {
      const bytes = Buffer.from(`${name}"`)
      // A name with a quote, a backslash or a control character is written with other bytes than it has.
      const plain = bytes.subarray(0, -1).every((byte) => byte >= 32 && byte !== 34 && byte !== 92)
      const text = take(bytes.length)
      new Uint8Array(memory.buffer).set(bytes, text)
      const here = at + i * field.size
      word(here + field.name, text)
      word(here + field.length, plain ? bytes.length : 0)
      word(here + field.node, inner[i]?.at ?? 0)
      word(here + field.object, 0)
    }
    return at
  }

  const whole = plan
  return {
    root: place(plan, most, false),
    starts: take(most * 4),
    ends: take(most * 4),
    input: take(mostBytes),
    texts: take(mostBytes),
    offsets: take(Math.max(most, itemRoom) * 4 + 4),
  }
}

function bytesPerValue({ kind }: Plan): number {
  if (kind === 'bool') return 1
  if (kind === 'list') return 4
  return kind === 'struct' ? 0 : 8
}

/** How many nodes stand below lists. */
function itemNodes(plan: Plan, below: boolean): number {
  const own = below ? 1 : 0
  if (plan.kind === 'struct') return plan.fields.reduce((sum, one) => sum + itemNodes(one.plan, below), own)
  return plan.kind === 'list' ? own + itemNodes(plan.item, true) : own
}
