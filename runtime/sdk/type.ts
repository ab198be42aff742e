import type { TSchema, Type as TypeBox } from 'typebox'

/**
 * What settings are declared with: TypeBox's builders, of which nodes need these. The types are TypeBox's own, so that
 * `Static` works; the schemas are the same JSON Schema. Written out here because TypeBox itself is 373 files, which
 * every process and every worker would load at its start (150 ms of each).
 */
export const Type = {
  String: (options) => ({ type: 'string', ...options }),
  Number: (options) => ({ type: 'number', ...options }),
  Integer: (options) => ({ type: 'integer', ...options }),
  Boolean: (options) => ({ type: 'boolean', ...options }),
  Null: (options) => ({ type: 'null', ...options }),
  Unknown: (options) => ({ ...options }),
  Literal: (value, options) => ({ type: typeof value, const: value, ...options }),
  Union: (anyOf, options) => ({ anyOf, ...options }),
  Array: (items, options) => ({ type: 'array', items, ...options }),
  Record: ({ pattern = '^.*$' }, value, options) => ({
    type: 'object',
    patternProperties: { [pattern]: value },
    ...options,
  }),
  Optional: (schema) => Object.defineProperty({ ...schema }, optional, { value: true, configurable: true }),
  Object: (properties, options) => {
    const required = Object.keys(properties).filter((name) => !(optional in (properties[name] as object)))
    return { type: 'object', ...(required.length && { required }), properties, ...options }
  },
} satisfies Record<keyof Builders, Build> as unknown as Builders // The types promise what the test compares with TypeBox's.

type Builders = Pick<
  typeof TypeBox,
  | 'String'
  | 'Number'
  | 'Integer'
  | 'Boolean'
  | 'Null'
  | 'Unknown'
  | 'Literal'
  | 'Union'
  | 'Array'
  | 'Record'
  | 'Optional'
  | 'Object'
>

// Their arguments are checked where they are called, by TypeBox's types.
// biome-ignore lint/suspicious/noExplicitAny: each builder has arguments of its own
type Build = (...given: any[]) => TSchema

/** TypeBox's mark, hidden like there: an object does not require a property that has it. */
const optional = '~optional'
