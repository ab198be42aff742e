import { Bytes } from './bytes.ts'
import type { Plan, PlanField } from './plan.ts'
import type { Scanner } from './scanner.ts'

/** What a sample of values looked like. */
export interface Shape {
  bool: boolean
  /** Whole numbers that fit int64. */
  int: boolean
  /** Whole numbers that do not. */
  long: boolean
  float: boolean
  string: boolean
  emptyObject: boolean
  /** The items of lists. */
  list: Shape | null
  /** The fields of objects. */
  fields: Map<string, Shape> | null
}

export const newShape = (): Shape => ({
  bool: false,
  int: false,
  long: false,
  float: false,
  string: false,
  emptyObject: false,
  list: null,
  fields: null,
})

/** An object with more names than this is a table of its own: it is kept as JSON text. */
const mostFields = 1000

const text = new Bytes()
const leastInt = -(2n ** 63n)
const mostInt = 2n ** 63n - 1n

/** Adds a value to a shape; false where it is no JSON. */
export function learn(scanner: Scanner, shape: Shape): boolean {
  const byte = scanner.peek()
  switch (byte) {
    case 34:
      shape.string = true
      return scanner.skipValue()
    case 123:
      return learnObject(scanner, shape)
    case 91:
      return learnArray(scanner, shape)
    case 116:
    case 102:
      shape.bool = true
      return scanner.skipValue()
    case 110:
      return scanner.skipValue()
    default:
      return learnNumber(scanner, shape)
  }
}

function learnNumber(scanner: Scanner, shape: Shape): boolean {
  const start = scanner.at
  if (!scanner.takeNumber()) return false
  if (!scanner.whole) shape.float = true
  else if (scanner.exact) shape.int = true
  else {
    const value = BigInt(scanner.bytes.toString('latin1', start, scanner.at))
    if (value >= leastInt && value <= mostInt) shape.int = true
    else shape.long = true
  }
  return true
}

function learnArray(scanner: Scanner, shape: Shape): boolean {
  const items = (shape.list ??= newShape())
  if (!scanner.enter()) return false
  if (scanner.peek() === 93) scanner.at++
  else
    for (let more = true; more; ) {
      if (!learn(scanner, items)) return false
      const byte = scanner.peek()
      if (byte !== 44 && byte !== 93) return scanner.expected('"," or "]"')
      scanner.at++
      more = byte === 44
    }
  scanner.leave()
  return true
}

function learnObject(scanner: Scanner, shape: Shape): boolean {
  if (!scanner.enter()) return false
  if (scanner.peek() === 125) {
    scanner.at++
    shape.emptyObject = true
  } else {
    const fields = (shape.fields ??= new Map())
    for (let more = true; more; ) {
      const name = takeName(scanner)
      if (name === null || !scanner.take(58)) return false
      let field = fields.get(name)
      if (!field) fields.set(name, (field = newShape()))
      if (!learn(scanner, field)) return false
      const byte = scanner.peek()
      if (byte !== 44 && byte !== 125) return scanner.expected('"," or "}"')
      scanner.at++
      more = byte === 44
    }
  }
  scanner.leave()
  return true
}

/** Takes an object's next name; null where none stands there. */
export function takeName(scanner: Scanner): string | null {
  if (scanner.peek() !== 34) {
    scanner.expected('a name in quotes')
    return null
  }
  text.end = 0
  return scanner.takeText(text) ? Buffer.from(text.bytes.buffer, 0, text.end).toString('utf8') : null
}

/** The plan for a shape. `mixed` collects the paths of columns that hold several kinds of values and become text. */
export function planOf(shape: Shape, path: string, mixed: string[]): Plan {
  const number = shape.int || shape.long || shape.float
  const kinds = [shape.bool, number, shape.string, shape.list !== null, shape.fields !== null || shape.emptyObject]
  const count = kinds.filter(Boolean).length
  if (count === 0) return { kind: 'text' }
  if (count > 1) {
    mixed.push(path)
    return { kind: 'text' }
  }
  if (shape.bool) return { kind: 'bool' }
  if (shape.string) return { kind: 'string' }
  if (number) {
    // Whole numbers beyond int64 would be rounded as float64: like CSV's, they stay text.
    if (shape.long && !shape.float) return { kind: 'text' }
    return { kind: shape.float ? 'float64' : 'int64' }
  }
  if (shape.list) return { kind: 'list', item: planOf(shape.list, `${path}[]`, mixed) }
  if (!shape.fields || shape.fields.size > mostFields) return { kind: 'text' }
  return { kind: 'struct', fields: fieldsOf(shape.fields, `${path}.`, mixed) }
}

/** Plans for the names of objects, in the order in which they were first seen. */
export const fieldsOf = (fields: ReadonlyMap<string, Shape>, prefix: string, mixed: string[]): PlanField[] =>
  Array.from(fields, ([name, shape]) => ({ name, plan: planOf(shape, prefix + name, mixed) }))
