import { typeName, types } from '../../pipeline/types.ts'
import { commonType, convert } from '../convert.ts'
import { type ExpressionFunction, parameter } from '../function.ts'
import { textOf } from '../textvalue.ts'
import { RowFailure, type Value } from '../tree.ts'

/** Functions of any value: nulls, texts, hashes. */
export const valueFunctions: readonly ExpressionFunction[] = [
  {
    name: 'isNull',
    signature: 'isNull(value)',
    description: 'True where the value is null, else false; never null itself.',
    example: {
      expression: 'isNull(price)',
      columns: [{ name: 'price', type: types.float64 }],
      row: { price: null },
      result: true,
    },
    parameters: [parameter.any('value')],
    result: types.bool,
    becomes: ([value], place) => ({ op: 'isNull', type: types.bool, value: value as never, ...place }),
  },
  {
    name: 'coalesce',
    signature: 'coalesce(value, …)',
    description: 'The first of the values that is not null.',
    example: {
      expression: 'coalesce(nickname, name, "nobody")',
      columns: [
        { name: 'nickname', type: types.string },
        { name: 'name', type: types.string },
      ],
      row: { nickname: null, name: 'Ada' },
      result: 'Ada',
    },
    parameters: [parameter.any('value')],
    variadic: true,
    result: types.null,
    becomes: (args, place) => {
      let type = (args[0] as (typeof args)[number]).type
      for (const arg of args) {
        const common = commonType(type, arg.type)
        if (!common) {
          const message = `coalesce takes values of one type, not ${typeName(type)} and ${typeName(arg.type)}`
          return new RowFailure('wrong-type', message)
        }
        type = common
      }
      return { op: 'coalesce', type, values: args.map((arg) => convert(arg, type)), ...place }
    },
  },
  {
    name: 'string',
    signature: 'string(value)',
    description: 'The value as text: a number with all its digits, a date or timestamp as ISO 8601.',
    example: { expression: 'string(12) + "/" + string(1.5)', result: '12/1.5' },
    parameters: [
      parameter.of(
        'value',
        'a number, bool, date, time, timestamp or text',
        'bool',
        'int',
        'float',
        'decimal',
        'date',
        'time',
        'timestamp',
        'string',
      ),
    ],
    result: types.string,
    value: ([value], { types: [type] }) => textOf(value as Value, type as never),
  },
  {
    name: 'hash',
    signature: 'hash(value)',
    description:
      'A stable fingerprint of any value: the first 32 hexadecimal digits of the SHA-256 of its text (binary: of its bytes).',
    example: { expression: 'hash("abc")', result: 'ba7816bf8f01cfea414140de5dae2223' },
    parameters: [parameter.any('value')],
    result: types.string,
    value: ([value], { types: [type] }) => {
      const bytes = value instanceof Uint8Array ? value : textOf(value as Value, type as never)
      // Loaded at the first hash: node:crypto takes several milliseconds that a check has no use for.
      return process.getBuiltinModule('node:crypto').hash('sha256', bytes, 'hex').slice(0, 32)
    },
  },
]
