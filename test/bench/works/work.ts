import type { Peers } from '../runner/peers.ts'
import type { Racer } from '../runner/race.ts'

/** A work of the table of aims: who does it, with so many rows, in a folder of its own. */
export interface Work {
  readonly name: string
  /** Makes the input, once, and gives those who take part. */
  readonly racers: (rows: number, folder: string, peers: Peers | null) => Promise<Racer[]>
}
