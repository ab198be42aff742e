import { bitAt, type Column } from '../../memory/index.ts'
import { type Bits, bytesFor, type Frame, type Kernel, scratch } from '../vector.ts'

/** What a condition says of each value of a dictionary, 0 or 1, and whether it says anything; null: it always does. */
interface Answers {
  readonly values: Uint8Array
  readonly valid: Uint8Array | null
}

/**
 * A condition that looks at one column only: where a batch has codes for it, each value of the dictionary is asked once,
 * and the rows look their answers up. Where a value fails, the rows are asked, as it may be the value of none.
 */
export function codedKernel(kernel: Kernel, index: number): Kernel {
  const [bits, validBits] = [scratch(Uint8Array), scratch(Uint8Array)]
  // A row group's batches have one dictionary, the same object.
  let known: Column | null = null
  let answers: Answers | null = null
  return (frame) => {
    const { rows } = frame
    const stored = frame.batch?.stored(index)
    if (!stored?.coded || !stored.places) return kernel(frame)
    if (stored.column !== known) {
      if (stored.column.length > rows) return kernel(frame)
      known = stored.column
      answers = answersOf(kernel, frame, known)
    }
    if (!answers) return kernel(frame)
    const values = bits(bytesFor(rows))
    lookUp(answers.values, stored.places, values)
    if (!answers.valid) return { form: 'bool', values, valid: null }
    const valid = validBits(bytesFor(rows))
    lookUp(answers.valid, stored.places, valid)
    return { form: 'bool', values, valid }
  }
}

/** Asks every value; null where one fails, or the answers are none. */
function answersOf(kernel: Kernel, { scope, now }: Frame, dictionary: Column): Answers | null {
  let failed = false
  const stored = { column: dictionary, places: null, coded: false }
  const frame: Frame = {
    batch: { column: () => dictionary, stored: () => stored },
    scope,
    rows: dictionary.length,
    now,
    active: null,
    fail: () => {
      failed = true
    },
  }
  const vector = kernel(frame)
  if (failed || vector.form !== 'bool') return null
  const bytes = (from: Bits) => Uint8Array.from({ length: dictionary.length }, (_, i) => Number(bitAt(from, i)))
  return { values: bytes(vector.values), valid: vector.valid && bytes(vector.valid) }
}

/** Eight answers make a byte; the loop writes each byte once. */
function lookUp(answers: Uint8Array, places: Int32Array, out: Bits): void {
  const whole = places.length & ~7
  for (let i = 0; i < whole; i += 8) {
    out[i >> 3] =
      (answers[places[i] as number] as number) |
      ((answers[places[i + 1] as number] as number) << 1) |
      ((answers[places[i + 2] as number] as number) << 2) |
      ((answers[places[i + 3] as number] as number) << 3) |
      ((answers[places[i + 4] as number] as number) << 4) |
      ((answers[places[i + 5] as number] as number) << 5) |
      ((answers[places[i + 6] as number] as number) << 6) |
      ((answers[places[i + 7] as number] as number) << 7)
  }
  if (whole === places.length) return
  let last = 0
  for (let i = whole; i < places.length; i++) last |= (answers[places[i] as number] as number) << (i & 7)
  out[whole >> 3] = last
}
