import type { Pipeline, Spot } from '@headrace/runtime/pipeline'
import { type CardShape, cardHeight, cardWidth } from '../card/shape.ts'

// Ids of nodes hold no colon, so that these meet none of them.

/** A group's id among the canvas's nodes. */
export const groupNodeId = (id: string): string => `group:${id}`

/** A note's id among the canvas's nodes. */
export const noteNodeId = (id: string): string => `note:${id}`

/** What a canvas node's id stands for. */
export function readNodeId(id: string): { readonly of: 'node' | 'group' | 'note'; readonly id: string } {
  if (id.startsWith('group:')) return { of: 'group', id: id.slice(6) }
  if (id.startsWith('note:')) return { of: 'note', id: id.slice(5) }
  return { of: 'node', id }
}

/** A note's size where the file says none. */
export const noteSize: readonly [width: number, height: number] = [208, 96]

export type Box = readonly [x: number, y: number, width: number, height: number]

const around = 16
const head = 32

/** The frame around a group's cards; of a folded one, the corner where its card stands. Null without members. */
export function frameOf(
  members: readonly string[],
  spots: ReadonlyMap<string, Spot>,
  shapes: ReadonlyMap<string, CardShape>,
  collapsed: boolean,
): Box | null {
  const boxes = members.flatMap((id) => {
    const [spot, shape] = [spots.get(id), shapes.get(id)]
    return spot && shape ? [{ spot, height: cardHeight(shape) }] : []
  })
  if (boxes.length === 0) return null
  const left = Math.min(...boxes.map(({ spot: [x] }) => x))
  const top = Math.min(...boxes.map(({ spot: [, y] }) => y))
  if (collapsed) return [left, top, cardWidth, 0]
  const right = Math.max(...boxes.map(({ spot: [x] }) => x + cardWidth))
  const bottom = Math.max(...boxes.map(({ spot: [, y], height }) => y + height))
  return [left - around, top - head - around, right - left + 2 * around, bottom - top + head + 2 * around]
}

/** The nodes that folded groups hide, with the id of the group's node that stands for each. */
export function hiddenIn(pipeline: Pipeline): Map<string, string> {
  const hidden = new Map<string, string>()
  for (const [id, { nodes, collapsed }] of Object.entries(pipeline.groups ?? {})) {
    if (!collapsed) continue
    for (const node of nodes) if (node in pipeline.nodes) hidden.set(node, groupNodeId(id))
  }
  return hidden
}
