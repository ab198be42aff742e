import fc from 'fast-check'
import { type ColumnType, decimal, type Field, fixed, list, struct, timestamp, types } from '../pipeline/types.ts'

/** The time that expressions of the property tests are told. */
export const now = new Date('2026-01-02T03:04:05.678Z')
const address = struct([
  { name: 'city', type: types.string },
  { name: 'no', type: types.int16 },
])
/** The columns of their batches. */
export const fields: readonly Field[] = [
  { name: 'i8', type: types.int8 },
  { name: 'u32', type: types.uint32 },
  { name: 'i64', type: types.int64 },
  { name: 'j64', type: types.int64 },
  { name: 'u64', type: types.uint64 },
  { name: 'f16', type: types.float16 },
  { name: 'f32', type: types.float32 },
  { name: 'f64', type: types.float64 },
  { name: 'dec', type: decimal(20, 2) },
  { name: 'b', type: types.bool },
  { name: 'c', type: types.bool },
  { name: 's', type: types.string },
  { name: 't', type: types.string },
  { name: 'bin', type: types.binary },
  { name: 'day', type: types.date },
  { name: 'us', type: types.timestamp },
  { name: 'ns', type: timestamp('ns', '+01:00') },
  { name: 'sec', type: timestamp('s', 'Europe/Berlin') },
  { name: 'nothing', type: types.null },
  { name: 'tags', type: list(types.string) },
  { name: 'numbers', type: list(types.int32) },
  { name: 'vec', type: fixed(types.float32, 2) },
  { name: 'a', type: address },
]

/** Texts of every kind that an expression may meet. */
export const text = fc.oneof(
  fc.constantFrom(
    '',
    'a',
    'A',
    'ab',
    'ß',
    'ö',
    'Ö',
    '😀',
    '\uFFFD',
    '12',
    ' 7 ',
    '1e3',
    'x',
    '2024-05-17',
    '17.05.2024',
    'İ',
    'a,b',
  ),
  fc.string({ unit: 'grapheme', maxLength: 5 }),
)
const int64 = fc.oneof(
  fc.bigInt({ min: -9n, max: 9n }),
  fc.constantFrom(0n, 2n ** 53n, 2n ** 53n - 1n, -(2n ** 53n) - 1n, 2n ** 63n - 1n, -(2n ** 63n), 3_037_000_500n),
)
const float = fc.oneof(fc.constantFrom(0, -0, 1.5, -2.5, Number.NaN, Infinity, -Infinity, 1e300, 2 ** 53), fc.double())
const small = fc.integer({ min: -9, max: 9 })

function valuesOf(type: ColumnType): fc.Arbitrary<unknown> {
  switch (type.kind) {
    case 'int':
      if (type.bits === 64)
        return type.signed ? int64 : fc.oneof(fc.bigInt({ min: 0n, max: 9n }), fc.constant(2n ** 64n - 1n))
      return type.signed ? small : fc.constantFrom(0, 3, 2 ** 32 - 1)
    case 'float':
      return type.bits === 64 ? float : fc.constantFrom(0, 0.5, -1.25, 3, Number.NaN, Infinity)
    case 'decimal':
      return fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n })
    case 'bool':
      return fc.boolean()
    case 'string':
      return text
    case 'binary':
      return fc.uint8Array({ maxLength: 3 })
    case 'date':
      return fc.integer({ min: -200_000, max: 200_000 })
    case 'timestamp': {
      const most = { s: 10n ** 10n, ms: 10n ** 13n, us: 2n ** 60n, ns: 2n ** 62n }[type.unit]
      return fc.oneof(fc.bigInt({ min: -9n, max: 9n }), fc.bigInt({ min: -most, max: most }))
    }
    case 'list':
      return fc.array(fc.option(valuesOf(type.item)), { maxLength: 3 })
    case 'fixed':
      return fc.array(valuesOf(type.item), { minLength: type.size, maxLength: type.size })
    case 'struct':
      return fc.record(Object.fromEntries(type.fields.map((field) => [field.name, fc.option(valuesOf(field.type))])))
    default:
      return fc.constant(null)
  }
}

/** Whole numbers by batch: small ones, those around what a double holds exactly, and all. */
export const wholes = {
  small: small.map(BigInt),
  exact: fc.oneof(
    small.map(BigInt),
    fc.constantFrom(2n ** 53n - 1n, -(2n ** 53n) + 1n, 94_906_267n, 3n ** 20n, 2n ** 52n + 1n),
  ),
  wild: int64,
}

/** Some batches have no nulls, so that the ways without a validity are gone, too. */
export const batches = fc.tuple(fc.boolean(), fc.constantFrom('small', 'exact', 'wild')).chain(([nulls, size]) => {
  const values = (type: ColumnType) =>
    type.kind === 'int' && type.bits === 64 && type.signed ? wholes[size] : valuesOf(type)
  const row = Object.fromEntries(
    fields.map(({ name, type }) => [name, nulls ? fc.option(values(type), { freq: 4 }) : values(type)]),
  )
  return fc.array(fc.record(row), { maxLength: 20 })
})
