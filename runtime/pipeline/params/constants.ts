import type { Constant, Constants } from '../../expression/constants.ts'
import type { RunValues } from './resolve.ts'
import { daysOfText, microsOfText, type ParamType, type ParamValue, paramTypes } from './value.ts'

/** The last ones that were made: the same values give the same object, by which answers are kept. */
const made = new Map<string, Constants>()
const most = 32

/** The values as expressions know them: `param.day`, `run.date`, `run.id`. */
export function constantsOf(values: RunValues): Constants {
  const key = JSON.stringify(values)
  const before = made.get(key)
  if (before) return before
  const constants: Constants = {
    param: Object.fromEntries(
      Object.entries(values.params).map(([name, one]) => [name, constantOf(one.type, one.value)]),
    ),
    run: { id: constantOf('string', values.run.id), date: constantOf('date', values.run.date) },
  }
  if (made.size >= most) made.delete(made.keys().next().value as string)
  made.set(key, constants)
  return constants
}

/** One without a value is checked by its type; nothing runs with it. */
function constantOf(type: ParamType, value: ParamValue | null): Constant {
  return { type: paramTypes[type], value: value === null ? empty[type] : typed(type, value) }
}

const empty = { string: '', int64: 0n, float64: 0, bool: false, date: 0, timestamp: 0n } as const

function typed(type: ParamType, value: ParamValue): Constant['value'] {
  switch (type) {
    case 'int64':
      return BigInt(value)
    case 'date':
      return daysOfText(String(value))
    case 'timestamp':
      return microsOfText(String(value))
    default:
      return value
  }
}
