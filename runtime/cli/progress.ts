import type { Snapshot } from '../engine/snapshot.ts'
import { flowOf, recentSamples } from '../pipeline/live.ts'
import { liveLine, liveTable, type RunShape } from './livetable.ts'

/** Shows a run while it is at work: a live table on a terminal, a plain line every few seconds elsewhere. */
export interface Progress {
  readonly show: (sample: Snapshot) => void
  /** Makes room for a line of another kind. */
  readonly pause: () => void
  readonly end: () => void
}

const plainMilliseconds = 5000

/** `shape`: null before it is known. `atOnce`: the first plain line comes with the first sample. */
export async function makeProgress(
  shape: () => RunShape | null,
  stream: NodeJS.WriteStream,
  { atOnce = false }: { atOnce?: boolean } = {},
): Promise<Progress> {
  let samples: readonly Snapshot[] = []
  const pictureOf = (sample: Snapshot) => {
    samples = recentSamples(samples, sample)
    return flowOf(samples)
  }
  if (stream.isTTY) {
    // log-update redraws in place and clears up after itself; it is small and well kept.
    const { createLogUpdate } = await import('log-update')
    const draw = createLogUpdate(stream)
    return {
      show: (sample) => draw(liveTable(pictureOf(sample), shape(), stream.columns ?? 80)),
      pause: () => draw.clear(),
      end: () => draw.clear(),
    }
  }
  let last = atOnce ? Number.NEGATIVE_INFINITY : 0
  return {
    show: (sample) => {
      const picture = pictureOf(sample)
      if (sample.at - last < plainMilliseconds) return
      last = sample.at
      stream.write(`${liveLine(picture, shape())}\n`)
    },
    pause: () => {},
    end: () => {},
  }
}
