import type { Pipeline, PipelineEdge } from '@headrace/runtime/pipeline'

/** A card's size, and the room beside it where the file says nothing about where it lies. */
export const card = { width: 176, height: 58, across: 240, down: 88 } as const

/** Where each node of a picture lies (its upper left corner), and the picture's frame. */
export interface Places {
  readonly at: { readonly [id: string]: readonly [x: number, y: number] }
  readonly frame: readonly [x: number, y: number, width: number, height: number]
}

const margin = 24

/** The nodes where the file has them; where it has not, in columns from the sources to the sinks. */
export function placesOf({ nodes, edges, layout }: Pipeline): Places {
  const ids = Object.keys(nodes)
  const depths = depthsOf(ids, edges)
  const filled = new Map<number, number>()
  const kept = ids.flatMap((id) => layout?.[id] ?? [])
  const below = kept.length ? Math.max(...ids.flatMap((id) => layout?.[id]?.[1] ?? [])) + card.down * 1.5 : 0
  const at = Object.fromEntries(
    ids.map((id): [string, readonly [number, number]] => {
      const own = layout?.[id]
      if (own) return [id, own]
      const depth = depths.get(id) ?? 0
      const row = filled.get(depth) ?? 0
      filled.set(depth, row + 1)
      return [id, [depth * card.across, below + row * card.down]]
    }),
  )
  const xs = Object.values(at).map(([x]) => x)
  const ys = Object.values(at).map(([, y]) => y)
  if (ids.length === 0) return { at, frame: [0, 0, card.width, card.height] }
  const [left, top] = [Math.min(...xs), Math.min(...ys)]
  const width = Math.max(...xs) - left + card.width
  const height = Math.max(...ys) - top + card.height
  return { at, frame: [left - margin, top - margin, width + 2 * margin, height + 2 * margin] }
}

/** How many edges lie between a source and each node, at most; a circle ends where it began. */
function depthsOf(ids: readonly string[], edges: readonly PipelineEdge[]): ReadonlyMap<string, number> {
  const depths = new Map<string, number>()
  const visit = (id: string, way: ReadonlySet<string>): number => {
    const known = depths.get(id)
    if (known !== undefined) return known
    if (way.has(id)) return 0
    const before = edges.filter(({ to }) => to.node === id)
    const depth = Math.max(0, ...before.map(({ from }) => visit(from.node, new Set([...way, id])) + 1))
    depths.set(id, depth)
    return depth
  }
  for (const id of ids) visit(id, new Set())
  return depths
}

/** The line of an edge from the right side of a card to the left side of another. */
export function curveOf([x, y]: readonly [number, number], [toX, toY]: readonly [number, number]): string {
  const [startX, startY, endX, endY] = [x + card.width, y + card.height / 2, toX, toY + card.height / 2]
  const bend = Math.max(32, Math.abs(endX - startX) / 2)
  return `M${startX} ${startY}C${startX + bend} ${startY} ${endX - bend} ${endY} ${endX} ${endY}`
}
