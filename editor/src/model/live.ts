import type { RunView, Snapshot } from '@headrace/runtime/api'
import { type EdgeFlow, type FlowPicture, flowOf, type NodeFlow, recentSamples } from '@headrace/runtime/pipeline'
import { create } from 'zustand'

/** The run that the canvas shows: at work, or ended. Never part of the nodes' and edges' own state. */
export interface Live {
  readonly run: RunView | null
  readonly samples: readonly Snapshot[]
  readonly picture: FlowPicture | null
}

export const useLive = create<Live>(() => ({ run: null, samples: [], picture: null }))

let waiting: readonly Snapshot[] | null = null

/** Takes a sample in; the page is drawn once a frame, however many come. */
export function addSample(sample: Snapshot): void {
  const before = waiting ?? useLive.getState().samples
  if (waiting === null) requestAnimationFrame(draw)
  waiting = recentSamples(before, sample)
}

function draw(): void {
  if (!waiting) return
  const samples = waiting
  waiting = null
  useLive.setState({ samples, picture: flowOf(samples) })
}

export function showRun(run: RunView | null): void {
  if (run?.id === useLive.getState().run?.id) useLive.setState({ run })
  else {
    waiting = null
    useLive.setState({ run, samples: [], picture: null })
  }
}

export const useNodeFlow = (id: string): NodeFlow | undefined => useLive(({ picture }) => picture?.nodes[id])
export const useEdgeFlow = (key: string | undefined): EdgeFlow | undefined =>
  useLive(({ picture }) => (key === undefined ? undefined : picture?.edges[key]))
