import type { Json } from '../sdk/node.ts'
import { keyLine, type Path, type Positions, placeAt } from './positions.ts'
import { nearest, type Problem } from './problem.ts'
import { kindOf } from './shape.ts'

export type JsonObject = { readonly [key: string]: Json }

/** Whether a value is a JSON object. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Collects problems while the values of a pipeline's file are read. */
export class Reader {
  readonly positions: Positions
  readonly problems: Problem[]

  constructor(positions: Positions, problems: Problem[]) {
    this.positions = positions
    this.problems = problems
  }

  report(code: string, path: Path, message: string, hint: string, spot = placeAt(this.positions, path)): void {
    const [top, second] = path
    const place = {
      ...(top === 'nodes' && typeof second === 'string' && { node: second }),
      ...(top === 'edges' && typeof second === 'number' && { edge: second }),
      ...spot,
    }
    this.problems.push({ severity: 'error', code, message, hint, place })
  }

  /** Reports keys that are not known. */
  keys(object: JsonObject, path: Path, known: readonly string[]): void {
    for (const key of Object.keys(object)) {
      if (known.includes(key)) continue
      const meant = nearest(key, known)
      const hint = meant ? `Did you mean "${meant}"?` : `Known keys are ${known.join(', ')}.`
      const message = `unknown key "${key}"${path.length ? ` in ${pathText(path)}` : ''}`
      const spot = { ...placeAt(this.positions, []), ...keyLine(this.positions, path, key) }
      this.report('unknown-key', path, message, hint, spot)
    }
  }

  /** A value of one type; undefined, with a problem, where it is of another. */
  typed<T extends keyof Shapes>(object: JsonObject, key: string, path: Path, shape: T): Shapes[T] | undefined {
    const value = object[key]
    if (value === undefined) return undefined
    const fits =
      shape === 'object' ? isObject(value) : shape === 'array' ? Array.isArray(value) : typeof value === shape
    if (fits) return value as Shapes[T] // checked in the line above
    const expected = { object: 'an object', array: 'a list', string: 'a text', boolean: 'true or false' }[shape]
    const message = `${pathText([...path, key])}: expected ${expected}, found ${kindOf(value)}`
    this.report('wrong-shape', [...path, key], message, `Write ${expected}.`)
    return undefined
  }
}

interface Shapes {
  object: JsonObject
  array: readonly Json[]
  string: string
  boolean: boolean
}

/** A path as people write it: `nodes.orders`, `edges[2].from`. */
export const pathText = (path: Path): string =>
  path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i ? `.${part}` : part)).join('')
