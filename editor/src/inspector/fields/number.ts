import type { Field } from '../form/field.ts'

/** Reads what a person types: `100 000`, `1_000`, `1e6`; undefined where it is no number. */
export function readNumber(text: string, whole: boolean): number | undefined {
  const plain = text.replace(/(?<=\d)[ _](?=\d)/g, '').trim()
  if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(plain)) return undefined
  const number = Number(plain)
  return Number.isFinite(number) && (!whole || Number.isSafeInteger(number)) ? number : undefined
}

/** A number some steps on, inside its limits; fractions between 0 and 1 go by hundredths. */
export function stepped(from: number, steps: number, { whole, least, most }: Field & { kind: 'number' }): number {
  const size = !whole && most !== null && most <= 1 ? 0.01 : 1
  const next = Math.round((from + steps * size) * 1e6) / 1e6
  return Math.min(most ?? Number.POSITIVE_INFINITY, Math.max(least ?? Number.NEGATIVE_INFINITY, next))
}
