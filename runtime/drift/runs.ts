import { shapeOf } from '../pipeline/shape.ts'
import type { SourceNode, SourceProbe } from '../sdk/node.ts'

/** What the probe of a pinned source leaves for `splits` and `read`: its files in runs of one header, each with a probe. */
export interface PinnedData {
  readonly runs: readonly SourceProbe[]
}

/** What the probe of a pinned source left. */
export const dataOf = ({ data }: SourceProbe): PinnedData => data as unknown as PinnedData // as `probePinned` made it

/** Whether a source has a setting for its columns' types: it reads texts, and a pinned type is how they are read. */
export const readsTexts = ({ config }: Pick<SourceNode, 'config'>): boolean =>
  shapeOf(config).properties?.['types'] !== undefined
