/**
 * A table of a FlatBuffers message (flatbuffers.dev/internals), read in place; a field is named by its number in the
 * schema, from 0. Places outside the bytes throw a RangeError that says so.
 */
export class Table {
  readonly #view: DataView
  readonly #at: number
  readonly #fields: number

  constructor(view: DataView, at: number) {
    this.#view = view
    this.#at = at
    this.#fields = at - view.getInt32(inside(view, at, 4), true)
    inside(view, this.#fields, 4)
  }

  /** The table that a buffer begins with. */
  static root(bytes: Uint8Array): Table {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    return new Table(view, view.getUint32(inside(view, 0, 4), true))
  }

  #place(field: number): number {
    const slot = 4 + field * 2
    if (slot >= this.#view.getUint16(this.#fields, true)) return 0
    const offset = this.#view.getUint16(inside(this.#view, this.#fields + slot, 2), true)
    return offset && inside(this.#view, this.#at + offset, 1)
  }

  #target(field: number): number {
    const place = this.#place(field)
    return place && inside(this.#view, place + this.#uint(place), 4)
  }

  has(field: number): boolean {
    return this.#place(field) !== 0
  }

  bool(field: number): boolean {
    const place = this.#place(field)
    return place !== 0 && this.#view.getUint8(place) !== 0
  }

  byte(field: number, missing = 0): number {
    const place = this.#place(field)
    return place ? this.#view.getInt8(place) : missing
  }

  short(field: number, missing = 0): number {
    const place = this.#place(field)
    return place ? this.#view.getInt16(inside(this.#view, place, 2), true) : missing
  }

  int(field: number, missing = 0): number {
    const place = this.#place(field)
    return place ? this.#view.getInt32(inside(this.#view, place, 4), true) : missing
  }

  /** A 64-bit number, as a double: lengths and places are below 2^53. */
  long(field: number): number {
    const place = this.#place(field)
    return place ? Number(this.#view.getBigInt64(inside(this.#view, place, 8), true)) : 0
  }

  text(field: number): string | null {
    const place = this.#target(field)
    if (!place) return null
    const { buffer, byteOffset } = this.#view
    const length = this.#uint(place)
    return Buffer.from(buffer, byteOffset + inside(this.#view, place + 4, length), length).toString('utf8')
  }

  table(field: number): Table | null {
    const place = this.#target(field)
    return place ? new Table(this.#view, place) : null
  }

  tables(field: number): Table[] {
    return this.#elements(field, 4, (place) => new Table(this.#view, place + this.#uint(place)))
  }

  ints(field: number): number[] {
    return this.#elements(field, 4, (place) => this.#view.getInt32(place, true))
  }

  longs(field: number): number[] {
    return this.#elements(field, 8, (place) => Number(this.#view.getBigInt64(place, true)))
  }

  /** Structs of 64-bit slots: each as its numbers. (Arrow's Block has a 32-bit number in its second slot.) */
  structs(field: number, slots: number): number[][] {
    return this.#elements(field, slots * 8, (place) =>
      Array.from({ length: slots }, (_, slot) => Number(this.#view.getBigInt64(place + slot * 8, true))),
    )
  }

  #uint(place: number): number {
    return this.#view.getUint32(inside(this.#view, place, 4), true)
  }

  #elements<T>(field: number, size: number, read: (place: number) => T): T[] {
    const place = this.#target(field)
    if (!place) return []
    const length = this.#uint(place)
    if (place + 4 + length * size > this.#view.byteLength)
      throw new RangeError('a list goes over the end of its message')
    return Array.from({ length }, (_, i) => read(place + 4 + i * size))
  }
}

/** A place of so many bytes, where the message has it. */
function inside(view: DataView, place: number, bytes: number): number {
  if (place < 0 || place + bytes > view.byteLength)
    throw new RangeError(`a message of ${view.byteLength} bytes points to its byte ${place}`)
  return place
}
