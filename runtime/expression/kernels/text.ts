import { bothValid, type Kernel, none, scratch, textsOf, type VectorOf } from '../vector.ts'

/** `a + b` of texts. */
export function concatKernel(first: Kernel, second: Kernel): Kernel {
  const valid = scratch(Uint8Array)
  return (frame) => {
    const [a, b] = [first(frame), second(frame)]
    if (a.form === 'none' || b.form === 'none') return none
    const { rows } = frame
    const [left, right] = [textsOf(a as VectorOf<'texts'>, rows), textsOf(b as VectorOf<'texts'>, rows)]
    const texts = Array.from({ length: rows }, (_, row) => (left[row] as string) + (right[row] as string))
    return { form: 'texts', values: texts, valid: bothValid(a.valid, b.valid, rows, valid) }
  }
}
