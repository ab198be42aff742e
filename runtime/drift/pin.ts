import type { Field } from '../pipeline/types.ts'
import { parseType } from '../pipeline/types.ts'
import type { Drift } from '../sdk/source.ts'

/** The settings of every source that say what its columns are. */
export interface PinSettings {
  readonly pin?: { readonly [column: string]: string }
  readonly onDrift?: 'fail' | 'adapt'
}

/** What a source's columns must be. */
export interface Pin {
  readonly columns: readonly Field[]
  /** Whether files that differ are read as far as they can be. */
  readonly adapt: boolean
}

/** The pin of a source's settings, and the settings without it; null where there is none. The types were checked. */
export function pinOf<C>(config: C & PinSettings): { readonly pin: Pin | null; readonly own: C } {
  const { pin, onDrift, ...own } = config
  if (!pin) return { pin: null, own: own as unknown as C } // the rest is the source's own
  const columns = Object.entries(pin).flatMap(([name, text]): Field[] => {
    const type = parseType(text)
    return type ? [{ name, type }] : []
  })
  return { pin: { columns, adapt: onDrift === 'adapt' }, own: own as unknown as C }
}

/** What was found in a source's files that its pin does not say; of other sources nothing. */
const driftIn = (probe: unknown): readonly Drift[] =>
  typeof probe === 'object' && probe !== null && 'drift' in probe && Array.isArray(probe.drift)
    ? (probe.drift as readonly Drift[]) // a source's probe
    : []

/** The differences that the sources of a run bore. */
export const driftOf = ({ nodes }: { readonly nodes: readonly { readonly id: string; readonly probe: unknown }[] }) =>
  nodes.flatMap(({ id, probe }) => driftIn(probe).map((one) => ({ node: id, ...one })))
