import type { Fix, PipelineEdge, Port, Spot } from '@headrace/runtime/pipeline'
import { create } from 'zustand'
import type { ScreenSpot } from '../stage.ts'
import type { Verdict } from './verdict.ts'

/** A wire that is being drawn from a port. */
export interface Wire {
  /** Where it hangs. */
  readonly anchor: Port
  /** Which end hangs there: `out`, and it looks for an input; `in`, and it looks for an output. */
  readonly end: 'out' | 'in'
  readonly start: Spot
  readonly side: 'left' | 'right' | 'bottom'
  /** Nodes that it fits. */
  readonly fitting: ReadonlySet<string>
  /** The edge whose end is being drawn elsewhere. */
  readonly replaces: PipelineEdge | null
}

/** The node under a wire's free end, and the edge that a drop would make. */
export interface Over {
  readonly node: string
  readonly edge: PipelineEdge
  readonly verdict: Verdict
}

/** A wire that did not fit where it was dropped: why, and what would make it fit. */
export interface RefusedWire {
  readonly screen: ScreenSpot
  readonly edge: PipelineEdge
  readonly why: string
  readonly fixes: readonly Fix[]
}

export interface Wiring {
  readonly wire: Wire | null
  readonly pointer: Spot
  readonly screen: ScreenSpot
  readonly over: Over | null
  readonly refused: RefusedWire | null
}

export const useWire = create<Wiring>(() => ({
  wire: null,
  pointer: [0, 0],
  screen: { x: 0, y: 0 },
  over: null,
  refused: null,
}))
