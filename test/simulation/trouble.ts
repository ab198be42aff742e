import { HeadraceError } from '@headrace/runtime/sdk'
import { Faults, type Operation } from '../../runtime/disk/index.ts'
import { type Clock, pause } from '../../runtime/engine/clock.ts'
import type { Chance } from './chance.ts'

/** How a process ends that is not left to itself: at a moment, or at a step of the disk. */
export interface Ending {
  readonly how: 'killed' | 'power cut' | 'stopped' | 'lane died'
  readonly at: number
  /** Not the moment but the operation of the disk. */
  readonly operation: number | null
}

/** What goes wrong in one life of the process, each as a share of the steps of its kind. */
export interface Troubles {
  readonly ending: Ending | null
  readonly lanes: number
  readonly bugs: number
  readonly disk: number
  readonly storeBefore: number
  readonly storeAfter: number
}

export const noTroubles: Troubles = { ending: null, lanes: 0, bugs: 0, disk: 0, storeBefore: 0, storeAfter: 0 }

/** Most lives have one or two kinds of trouble, and end before the run does. */
export function drawTroubles(chance: Chance): Troubles {
  const rate = (share: number, most: number) => (chance.hits(share) ? chance.scale(most / 10, most) : 0)
  return {
    ending: chance.hits(0.8) ? drawEnding(chance) : null,
    lanes: rate(0.4, 0.1),
    bugs: rate(0.1, 0.03),
    disk: rate(0.3, 0.03),
    storeBefore: rate(0.3, 0.4),
    storeAfter: rate(0.2, 0.3),
  }
}

function drawEnding(chance: Chance): Ending {
  const how = chance.pick(['killed', 'power cut', 'power cut', 'stopped', 'lane died'] as const)
  const dies = how === 'killed' || how === 'power cut'
  return {
    how,
    at: chance.scale(1, 3000),
    operation: dies && chance.hits(0.7) ? Math.floor(chance.scale(1, 200)) : null,
  }
}

/** How messages begin that say what a simulation has done: anything else that ends a run is a bug. */
const word = 'simulated: '

const broken = (what: string, code: string, fault: boolean): HeadraceError =>
  new HeadraceError(code, word + what, { fault })

/** The death of a lane, as it is told by who watches the threads. */
export const laneDied = (): HeadraceError => broken('a worker went away', 'worker-died', false)

/** Whether a run may have ended with this error. */
export const isOurs = ({ code, message }: HeadraceError): boolean =>
  message.includes(word) || message.includes(', simulated') || ['timeout', 'disk-full', 'disk-fault'].includes(code)

/** What happens around nodes and models: time goes by; now and then the surroundings break, or the node itself. */
export function around(chance: Chance, time: Clock, { lanes, bugs }: Troubles): (node: string) => Promise<void> {
  return async (node) => {
    if (chance.hits(0.4)) await pause(time, chance.scale(0.1, 30))
    if (chance.hits(lanes)) throw broken(`${node} lost its connection`, 'ECONNRESET', true)
    if (chance.hits(bugs)) throw broken(`${node} has a bug`, 'crash', false)
  }
}

/** What happens to a store: slow now and then, it breaks before it did its work, or when it has done it. */
export function storeTrouble(chance: Chance, time: Clock, { storeBefore, storeAfter }: Troubles) {
  return async (moment: 'before' | 'after') => {
    if (chance.hits(0.7)) await pause(time, chance.scale(0.5, 200))
    if (chance.hits(moment === 'before' ? storeBefore : storeAfter))
      throw broken(`the store broke ${moment} its work`, 'ETIMEDOUT', true)
  }
}

/** Faults of the disk by chance, and the end of the process at one of its operations. */
export class ChanceFaults extends Faults {
  readonly #chance: Chance
  readonly #share: number
  readonly #last: number
  operations = 0

  constructor(chance: Chance, { disk, ending }: Troubles) {
    super()
    this.#chance = chance
    this.#share = disk
    this.#last = ending?.operation ?? Number.POSITIVE_INFINITY
  }

  override pass(step: string, operation: Operation): ReturnType<Faults['pass']> {
    if (++this.operations === this.#last)
      return { do: this.#chance.pick(['kill-before', 'kill-after', operation === 'write' ? 'torn' : 'kill-after']) }
    if (!this.#chance.hits(this.#share)) return null
    const code = this.#chance.pick(['EIO', 'ENOSPC'])
    const error = Object.assign(new Error(`${code}: ${step}.${operation}, simulated`), { code, syscall: operation })
    return { do: 'error', error }
  }
}
