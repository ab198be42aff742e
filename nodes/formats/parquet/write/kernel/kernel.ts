import { assembly } from '../../../wasm/assembler.ts'
import { compiled, type Instance } from '../../../wasm/instance.ts'
import { addBits } from './bits.ts'
import { addNumbers } from './numbers.ts'
import { places } from './places.ts'
import { addTable } from './table.ts'

/** What the kernel's functions are called. Places are addresses in its memory. */
export interface Kernel {
  /**
   * Enters the values number `from` to `count` in a hash table of `slots` slots and writes which entry each is to
   * `places.codes`. They are texts between the offsets at `places.offsets`, which count from address `base`, or numbers of
   * 4 or 8 bytes at `base`. Gives the first value that was not entered: there are too many entries for the table, or
   * they have become too large.
   */
  readonly texts: Enter
  readonly words: Enter
  readonly longs: Enter
  /** Puts all entries into a table of `slots` slots, which is empty. */
  readonly widen: (slots: number) => void
  /** Makes `places.least` and `places.greatest` those of them and `count` numbers of 8 bytes at the window. */
  readonly extremes: (count: number, signed: boolean) => void
  /** The same of `bytes` bytes of floats, a multiple of 16, at `places.leastFloats`; not-a-number counts for nothing. */
  readonly extremeFloats: (bytes: number) => void
  readonly extremeDoubles: (bytes: number) => void
  /**
   * Writes the blocks of DELTA_BINARY_PACKED for `count` numbers of 8 or 4 bytes at the window to `places.found`, without
   * the head, which has the first number; gives their length.
   */
  readonly deltaLongs: (count: number) => number
  readonly deltaWords: (count: number) => number
  /**
   * Writes `count` numbers of 32 bits at the window, behind which there are eight of 0, to `places.found` as runs and
   * bit-packed groups, of `width` bits each. Gives the length; `places.size` is how many were written: of those that are not
   * the last ones some may be left, fewer than eight.
   */
  readonly hybrid: (count: number, width: number, isLast: boolean) => number
}

type Enter = (from: number, count: number, base: number, slots: number) => number

const fresh = compiled<Kernel>(
  () => {
    const m = assembly()
    addBits(m)
    addTable(m)
    addNumbers(m)
    return m.module()
  },
  Math.ceil(places.slots / 65536),
)

let instance: Instance<Kernel> | undefined

/** The thread's kernel. */
export function kernelOfThread(): Instance<Kernel> {
  if (instance) return instance
  instance = fresh()
  new Uint8Array(instance.memory.buffer).fill(255, places.masks, places.masks + 32)
  return instance
}

/** Leaves its memory, which cannot shrink; the next one is another. */
export function dropKernel(): void {
  instance = undefined
}
