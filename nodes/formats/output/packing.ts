import type { Segment } from './segments.ts'

/** A segment with the staged file that it lies in. */
export interface Placed {
  readonly file: string
  readonly start: number
  readonly end: number
  readonly rows: number
}

/** A file of the output: which segments it is put together from. */
export interface PlannedPart {
  /** The folder of its partition, '' for none. */
  readonly partition: string
  /** Its number in that folder, from 0. */
  readonly number: number
  readonly segments: readonly Placed[]
}

/** Puts segments together to parts in their order. */
export interface Packing {
  /** Takes a staged file's segments; gives the parts that are full now. */
  readonly add: (file: string, segments: readonly Segment[]) => PlannedPart[]
  /** The parts that are not full; they end here. */
  readonly rest: () => PlannedPart[]
}

/**
 * Fills parts up to a size: a segment that would make one larger begins the next. What lies in which part depends on the
 * order of the segments alone, never on when they came or how many at once.
 */
export function packParts(partSize: number): Packing {
  const open = new Map<string, { number: number; bytes: number; segments: Placed[] }>()
  const take = (partition: string): PlannedPart[] => {
    const part = open.get(partition)
    if (!part?.segments.length) return []
    const planned = { partition, number: part.number, segments: part.segments }
    open.set(partition, { number: part.number + 1, bytes: 0, segments: [] })
    return [planned]
  }
  return {
    add: (file, segments) =>
      segments.flatMap(([partition, start, end, rows]) => {
        const before = open.get(partition)
        const full = before && before.bytes > 0 && before.bytes + end - start > partSize ? take(partition) : []
        const part = open.get(partition) ?? { number: 0, bytes: 0, segments: [] }
        open.set(partition, part)
        part.segments.push({ file, start, end, rows })
        part.bytes += end - start
        return full
      }),
    rest: () => [...open.keys()].flatMap(take),
  }
}
