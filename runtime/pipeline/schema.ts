import { type Field, sameType, typeName } from './types.ts'

/** The columns of an edge, in order, found by name. */
export class Schema {
  readonly fields: readonly Field[]
  readonly #byName: ReadonlyMap<string, number>

  constructor(fields: readonly Field[]) {
    this.fields = fields
    this.#byName = new Map(fields.map((field, index) => [field.name, index]))
  }

  /** The place of a column, or -1. */
  indexOf(name: string): number {
    return this.#byName.get(name) ?? -1
  }

  field(name: string): Field | undefined {
    return this.fields[this.indexOf(name)]
  }

  equals(other: Schema): boolean {
    if (this === other) return true
    if (this.fields.length !== other.fields.length) return false
    return this.fields.every((field, i) => {
      const against = other.fields[i] as Field
      return field.name === against.name && sameType(field.type, against.type)
    })
  }

  toString(): string {
    return this.fields.map((field) => `${field.name}: ${typeName(field.type)}`).join(', ')
  }
}
