import { type Column, type ColumnType, fixed, list, type Scope, struct } from '@headrace/runtime/sdk'
import { Bytes } from './bytes.ts'
import { type Plan, type PlanField, planFields } from './plan.ts'
import { type Builder, grown, Present, readInto } from './rows.ts'
import { BinaryBuilder, BoolBuilder, Float64Builder, Int64Builder, TextBuilder } from './scalars.ts'
import type { Scanner } from './scanner.ts'
import { TypedBuilder } from './typed.ts'

/** Told of names that no column takes. */
export type OnUnknown = (path: string) => void

/** The builder for a plan; `path` is how errors call the column. */
export function builderOf(plan: Plan, path: string, onUnknown: OnUnknown): Builder {
  switch (plan.kind) {
    case 'bool':
      return new BoolBuilder(path)
    case 'int64':
      return new Int64Builder(path)
    case 'float64':
      return new Float64Builder(path)
    case 'string':
    case 'text':
      return new TextBuilder(path, plan.kind === 'text')
    case 'typed':
      return plan.type.kind === 'binary' ? new BinaryBuilder(path) : new TypedBuilder(path, plan.type)
    case 'list':
      return new ListBuilder(path, builderOf(plan.item, `${path}[]`, onUnknown), null)
    case 'fixed':
      return new ListBuilder(path, builderOf(plan.item, `${path}[]`, onUnknown), plan.size)
    case 'struct':
      return new ObjectBuilder(path, plan.fields, onUnknown)
  }
}

class ListBuilder implements Builder {
  readonly type: ColumnType
  readonly #path: string
  readonly #items: Builder
  readonly #size: number | null
  readonly #present = new Present()
  #offsets = new Int32Array(1025)

  constructor(path: string, items: Builder, size: number | null) {
    this.type = size === null ? list(items.type) : fixed(items.type, size)
    this.#path = path
    this.#items = items
    this.#size = size
  }

  get length(): number {
    return this.#present.length
  }

  read(scanner: Scanner): boolean {
    if (scanner.peek() !== 91) return scanner.wrongType(this.#path, 'a list', scanner.at)
    const start = scanner.at
    const items = this.#items
    if (!scanner.enter()) return false
    if (scanner.peek() === 93) scanner.at++
    else
      for (let more = true; more; ) {
        if (!readInto(items, scanner)) return false
        const byte = scanner.peek()
        if (byte !== 44 && byte !== 93) return scanner.expected('"," or "]"')
        scanner.at++
        more = byte === 44
      }
    scanner.leave()
    const count = items.length - (this.#offsets[this.length] as number)
    if (this.#size !== null && count !== this.#size)
      return scanner.wrongType(this.#path, `a list of ${this.#size} items, but of ${count}`, start)
    this.#add(1)
    return true
  }

  #add(present: 0 | 1): void {
    this.#present.add(present)
    if (this.length >= this.#offsets.length) this.#offsets = grown(this.#offsets, this.length + 1)
    this.#offsets[this.length] = this.#items.length
  }

  addNull(): void {
    for (let item = 0; item < (this.#size ?? 0); item++) this.#items.addNull()
    this.#add(0)
  }

  cut(length: number): void {
    this.#present.length = length
    this.#items.cut(this.#offsets[length] as number)
  }

  finish(scope: Scope): Column {
    const rows = this.#present.finish(scope)
    const children = [this.#items.finish(scope)]
    if (this.#size !== null) return { type: this.type, ...rows, offsets: null, values: null, children }
    const offsets = scope.allocate(Int32Array, rows.length + 1)
    offsets.set(this.#offsets.subarray(0, rows.length + 1))
    return { type: this.type, ...rows, offsets, values: null, children }
  }
}

/** Objects: one builder a name. A name that is missing is null, of one that comes twice the last counts. */
export class ObjectBuilder implements Builder {
  readonly type: ColumnType
  readonly #path: string
  /** The names as they stand in the text; null where they may stand there otherwise. */
  readonly #names: readonly (Buffer | null)[]
  readonly #places: ReadonlyMap<string, number>
  readonly #builders: readonly (Builder | null)[]
  readonly #present = new Present()
  readonly #name = new Bytes()
  /** Which names the object that is read has had: those with its number. */
  readonly #seen: Float64Array
  #stamp = 0
  readonly #onUnknown: OnUnknown
  readonly #finishNull: readonly ((scope: Scope, length: number) => Column)[]

  /** `skipped` fields are checked as JSON and stay null. */
  constructor(
    path: string,
    fields: readonly PlanField[],
    onUnknown: OnUnknown,
    skipped: (name: string) => boolean = () => false,
  ) {
    this.type = struct(planFields(fields))
    this.#path = path
    const prefix = path && `${path}.`
    const names = fields.map(({ name }) => Buffer.from(name))
    // A name with a quote, a backslash or a control character is written with other bytes than it has.
    this.#names = names.map((name) => (name.every((byte) => byte >= 32 && byte !== 34 && byte !== 92) ? name : null))
    this.#places = new Map(names.map((name, place) => [name.toString('latin1'), place]))
    this.#seen = new Float64Array(fields.length)
    this.#builders = fields.map(({ name, plan }) => (skipped(name) ? null : builderOf(plan, prefix + name, onUnknown)))
    this.#finishNull = fields.map(({ name, plan }) => (scope, length) => {
      const builder = builderOf(plan, prefix + name, onUnknown)
      for (let row = 0; row < length; row++) builder.addNull()
      return builder.finish(scope)
    })
    this.#onUnknown = onUnknown
  }

  get length(): number {
    return this.#present.length
  }

  read(scanner: Scanner): boolean {
    if (scanner.peek() !== 123) return scanner.wrongType(this.#path, 'an object', scanner.at)
    const row = this.length
    const builders = this.#builders
    const seen = this.#seen
    const stamp = ++this.#stamp
    if (!scanner.enter()) return false
    let next = 0
    if (scanner.peek() === 125) scanner.at++
    else
      for (let more = true; more; ) {
        if (scanner.peek() !== 34) return scanner.expected('a name in quotes')
        const place = this.#takeName(scanner, next)
        if (place < -1 || !scanner.take(58)) return false
        const builder = builders[place]
        if (builder) {
          if (seen[place] === stamp) builder.cut(row)
          else seen[place] = stamp
          if (!readInto(builder, scanner)) return false
        } else if (!scanner.skipValue()) return false
        next = place + 1
        const byte = scanner.peek()
        if (byte !== 44 && byte !== 125) return scanner.expected('"," or "}"')
        scanner.at++
        more = byte === 44
      }
    scanner.leave()
    this.#present.add(1)
    for (let place = 0; place < builders.length; place++) if (seen[place] !== stamp) builders[place]?.addNull()
    return true
  }

  /** The place of the name that stands next; -1 where no column has it, -2 where it is broken. */
  #takeName(scanner: Scanner, guess: number): number {
    // Objects mostly have their names in the same order: the next one is compared with its bytes alone.
    const { bytes } = scanner
    const expected = this.#names[guess]
    const start = scanner.at + 1
    if (expected && bytes[start + expected.length] === 34 && start + expected.length < scanner.end) {
      let same = 0
      while (same < expected.length && bytes[start + same] === expected[same]) same++
      if (same === expected.length) {
        scanner.at = start + same + 1
        return guess
      }
    }
    this.#name.end = 0
    if (!scanner.takeText(this.#name)) return -2
    const name = Buffer.from(this.#name.bytes.buffer, 0, this.#name.end)
    const place = this.#places.get(name.toString('latin1'))
    if (place !== undefined) return place
    this.#onUnknown(`${this.#path && `${this.#path}.`}${name.toString('utf8')}`)
    return -1
  }

  addNull(): void {
    this.#present.add(0)
    for (const builder of this.#builders) builder?.addNull()
  }

  cut(length: number): void {
    this.#present.length = length
    // Also one that has no value too many: of an object or a list in it, some may be read.
    for (const builder of this.#builders) builder?.cut(length)
  }

  finish(scope: Scope): Column {
    const rows = this.#present.finish(scope)
    const children = this.#builders.map((builder, place) => {
      if (builder) return builder.finish(scope)
      return (this.#finishNull[place] as (scope: Scope, length: number) => Column)(scope, rows.length)
    })
    return { type: this.type, ...rows, offsets: null, values: null, children }
  }
}
