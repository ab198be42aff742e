import type { RunView, Snapshot, Unreadable } from '@headrace/runtime/api'
import { type FlowPicture, flowOf, recentSamples, wholeFlowOf } from '@headrace/runtime/pipeline'
import { create } from 'zustand'

/** The run that the canvas shows: at work, or ended. Never part of the nodes' and edges' own state. */
export interface Live {
  readonly run: RunView | null
  readonly samples: readonly Snapshot[]
  readonly picture: FlowPicture | null
  /** Why there are no counters, where they cannot be read. */
  readonly uncounted: Unreadable | null
}

export const useLive = create<Live>(() => ({ run: null, samples: [], picture: null, uncounted: null }))

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
  useLive.setState({ samples, picture: pictureOf(useLive.getState().run, samples) })
}

/** A run at work shows its last moments, one that is over its whole. */
function pictureOf(run: RunView | null, samples: readonly Snapshot[]): FlowPicture {
  const last = samples.at(-1)
  return last && run?.status !== 'running' ? wholeFlowOf(last) : flowOf(samples)
}

export function showRun(run: RunView | null): void {
  const { run: before, samples } = useLive.getState()
  if (run && run.id === before?.id) {
    const picture = samples.length ? { picture: pictureOf(run, samples) } : {}
    useLive.setState({ run, ...(run.status !== before.status && picture) })
  } else {
    waiting = null
    useLive.setState({ run, samples: [], picture: null, uncounted: null })
  }
}
