/** A field of a table: a number of so many bytes, or what the field points to. */
export type FlatField = { readonly bytes: 1 | 2 | 4 | 8; readonly value: number } | FlatObject

/** A table by its fields in the schema's order (undefined: absent), a text, or a vector of tables. */
export type FlatObject =
  | { readonly table: readonly (FlatField | undefined)[] }
  | { readonly text: string }
  | { readonly vector: readonly FlatObject[] }

/** Writes a FlatBuffers message (flatbuffers.dev/internals): what points comes before what it points to. */
export function writeFlatBuffer(root: FlatObject): Uint8Array {
  const bytes = new Uint8Array(1 << 10)
  const out: Out = { bytes, view: new DataView(bytes.buffer), length: 4 }
  const place = writeObject(out, root)
  out.view.setUint32(0, place, true)
  return out.bytes.slice(0, aligned(out.length, 8))
}

interface Out {
  bytes: Uint8Array<ArrayBuffer>
  view: DataView
  length: number
}

/** Writes an object behind everything else and gives its place. */
function writeObject(out: Out, object: FlatObject): number {
  if ('table' in object) return writeTable(out, object.table)
  if ('text' in object) {
    const text = Buffer.from(object.text)
    const place = take(out, 4, 4 + text.length + 1)
    out.view.setUint32(place, text.length, true)
    out.bytes.set(text, place + 4)
    return place
  }
  const { vector } = object
  const place = take(out, 4, 4 + vector.length * 4)
  out.view.setUint32(place, vector.length, true)
  for (const [i, item] of vector.entries()) point(out, place + 4 + i * 4, item)
  return place
}

function writeTable(out: Out, fields: readonly (FlatField | undefined)[]): number {
  let size = 4
  const offsets = fields.map((field) => {
    if (!field) return 0
    const bytes = 'bytes' in field ? field.bytes : 4
    const offset = aligned(size, bytes)
    size = offset + bytes
    return offset
  })
  const vtable = take(out, 2, 4 + fields.length * 2)
  // The widest field is aligned wherever the table begins at a multiple of 8.
  const place = take(out, 8, size)
  out.view.setUint16(vtable, 4 + fields.length * 2, true)
  out.view.setUint16(vtable + 2, size, true)
  out.view.setInt32(place, place - vtable, true)
  for (const [i, field] of fields.entries()) {
    const at = place + (offsets[i] as number)
    out.view.setUint16(vtable + 4 + i * 2, offsets[i] as number, true)
    if (field && 'bytes' in field) writeNumber(out.view, at, field)
    else if (field) point(out, at, field)
  }
  return place
}

function writeNumber(view: DataView, at: number, { bytes, value }: { readonly bytes: number; readonly value: number }) {
  if (bytes === 1) view.setUint8(at, value)
  else if (bytes === 2) view.setInt16(at, value, true)
  else if (bytes === 4) view.setInt32(at, value, true)
  else view.setBigInt64(at, BigInt(value), true)
}

function point(out: Out, at: number, object: FlatObject): void {
  const place = writeObject(out, object)
  out.view.setUint32(at, place - at, true)
}

/** Zeros for `bytes`, at the next multiple of `alignment`. */
function take(out: Out, alignment: number, bytes: number): number {
  const place = aligned(out.length, alignment)
  out.length = place + bytes
  if (out.length + 8 > out.bytes.length) {
    const larger = new Uint8Array(out.length * 2 + 8)
    larger.set(out.bytes)
    out.bytes = larger
    out.view = new DataView(larger.buffer)
  }
  return place
}

const aligned = (place: number, alignment: number): number => Math.ceil(place / alignment) * alignment
