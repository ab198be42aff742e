import type { ColumnType, Field } from '@headrace/runtime/sdk'
import fc from 'fast-check'

type Row = Record<string, unknown>

/** Rows of any values for columns, nulls among them. */
export const anyRows = (fields: readonly Field[], maxLength: number): fc.Arbitrary<Row[]> =>
  fc.array(
    fc.record(Object.fromEntries(fields.map(({ name, type }) => [name, fc.option(anyValue(type), { freq: 4 })]))),
    {
      maxLength,
    },
  )

const letters = fc.string({ unit: 'grapheme', maxLength: 12 })
// Texts that settings of examples are about: words, numbers, markup, white space.
const texts = fc.oneof(
  letters,
  fc.constantFrom('de', '42.5', ' a  b ', '<p>x &amp; y', 'One. Two!\n\nThree 🌊', '水。好', 'e\u0301'),
)

/** A value of a type, as `valueAt` gives it. */
export function anyValue(type: ColumnType): fc.Arbitrary<unknown> {
  switch (type.kind) {
    case 'null':
      return fc.constant(null)
    case 'bool':
      return fc.boolean()
    case 'int': {
      const span = 1n << BigInt(type.bits)
      const whole = fc.bigInt(type.signed ? { min: -span / 2n, max: span / 2n - 1n } : { min: 0n, max: span - 1n })
      const some = fc.oneof(whole, fc.bigInt({ min: 0n, max: 9n }))
      return type.bits === 64 ? some : some.map(Number)
    }
    case 'float':
      if (type.bits === 64) return fc.double()
      return type.bits === 32 ? fc.float() : fc.float().map((value) => Math.f16round(value))
    case 'decimal':
      return fc.bigInt({ min: -(10n ** BigInt(type.precision)) + 1n, max: 10n ** BigInt(type.precision) - 1n })
    case 'string':
      return texts
    case 'binary':
      return fc.uint8Array({ maxLength: 8 })
    case 'date':
      return fc.integer({ min: -800_000, max: 800_000 })
    case 'time':
      return fc.bigInt({ min: 0n, max: 86_399_999_999n })
    case 'timestamp':
      return fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n })
    case 'list':
      return fc.array(fc.option(anyValue(type.item), { freq: 5 }), { maxLength: 4 })
    case 'fixed':
      return fc.array(anyValue(type.item), { minLength: type.size, maxLength: type.size })
    case 'struct':
      return fc.record(Object.fromEntries(type.fields.map((field) => [field.name, fc.option(anyValue(field.type))])))
  }
}
