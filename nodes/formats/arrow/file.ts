import { type FileHandle, open } from 'node:fs/promises'
import { HeadraceError } from '@headrace/runtime/sdk'
import { Table } from './flatbuffer.ts'
import { type IpcField, readSchema } from './schema.ts'

/** Where a message stands in a file: its metadata and the body behind it. */
export interface Entry {
  /** The metadata's first byte, a FlatBuffers message. */
  readonly at: number
  readonly metadata: number
  readonly body: number
  readonly rows: number
}

/** What an Arrow file holds: the dictionaries that stand before each record batch, in order. */
export interface Contents {
  readonly format: 'file' | 'stream'
  readonly fields: readonly IpcField[]
  readonly batches: readonly Entry[]
  readonly dictionaries: readonly Entry[]
  /** How many dictionaries stand before each batch (in a file: all). */
  readonly before: readonly number[]
}

/** Runs `use` with a file open for reading; what the bytes get wrong becomes `corrupt-file` with the file's name. */
export async function withFile<T>(path: string, name: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
  const place = { file: name }
  const file = await open(path).catch((cause) => {
    throw new HeadraceError('unreadable', `${name} cannot be opened: ${(cause as Error).message}.`, { place, cause })
  })
  try {
    return await use(file)
  } catch (cause) {
    if (cause instanceof RangeError) {
      const message = `${name} is not a whole Arrow file: ${cause.message}.`
      throw new HeadraceError('corrupt-file', message, { place, hint: 'Make or copy the file again.', cause })
    }
    if (!(cause instanceof HeadraceError) || cause.place.file) throw cause
    const { code, hint } = cause
    throw new HeadraceError(code, `${name} cannot be read: ${cause.message}`, { place, cause, ...(hint && { hint }) })
  } finally {
    await file.close()
  }
}

/** Bytes of a file, all of them or a RangeError. */
export async function bytesAt(file: FileHandle, at: number, length: number, into?: Uint8Array): Promise<Uint8Array> {
  if (at < 0 || length < 0 || !Number.isSafeInteger(at)) throw new RangeError(`it points to its byte ${at}`)
  const bytes = into ?? Buffer.alloc(length)
  let read = 0
  for (let more = 1; read < length && more > 0; read += more) {
    more = (await file.read(bytes, read, length - read, at + read)).bytesRead
  }
  if (read < length) throw new RangeError(`it ends at byte ${at + read}, ${length - read} bytes too soon`)
  return bytes
}

const magic = 'ARROW1'
/** The most rows that a record batch may have (Columnar.rst): more are damage, not data. */
const mostRows = 2 ** 31 - 1

/** Reads the schema, and where the messages are, without their bodies. `schemaOnly` leaves the messages out. */
export async function readContents(file: FileHandle, { schemaOnly = false } = {}): Promise<Contents> {
  const { size } = await file.stat()
  const start = Buffer.from(await bytesAt(file, 0, Math.min(size, 8))).toString('latin1')
  if (start.startsWith('FEA1')) {
    throw new HeadraceError('unsupported', 'it is a Feather file of version 1.', {
      hint: 'Write it as Feather 2 or Arrow IPC.',
    })
  }
  if (!start.startsWith(magic)) return await readStream(file, size, schemaOnly)
  if (size < 10) throw new RangeError(`it has ${size} bytes`)
  const tail = Buffer.from(await bytesAt(file, size - 10, 10))
  const length = tail.readInt32LE(0)
  if (tail.toString('latin1', 4) !== magic || length <= 0 || length > size - 10)
    throw new RangeError('it has no footer at its end')
  const footer = Table.root(await bytesAt(file, size - 10 - length, length))
  const schema = footer.table(1)
  if (!schema) throw new RangeError('it has no schema')
  const fields = readSchema(schema)
  const contents = { format: 'file', fields, batches: [], dictionaries: [], before: [] } as const
  if (schemaOnly) return contents
  const entries = async (blocks: number[][]): Promise<Entry[]> => {
    const found: Entry[] = []
    for (const [at] of blocks as [number, number, number][]) found.push((await readMessage(file, at, size)).entry)
    return found
  }
  const dictionaries = await entries(footer.structs(2, 3))
  const batches = await entries(footer.structs(3, 3))
  return { ...contents, batches, dictionaries, before: batches.map(() => dictionaries.length) }
}

async function readStream(file: FileHandle, size: number, schemaOnly: boolean): Promise<Contents> {
  const batches: Entry[] = []
  const dictionaries: Entry[] = []
  const before: number[] = []
  let fields: IpcField[] | null = null
  for (let at = 0; at < size; ) {
    const message = await readMessage(file, at, size)
    const { entry, header } = message
    // A message of length 0 ends a stream.
    if (entry.metadata === 0) break
    if (message.kind === 1 && header && !fields) fields = readSchema(header)
    else if (!fields) throw new RangeError('its first message is no schema: it is no Arrow file or stream')
    else if (message.kind === 2) dictionaries.push(entry)
    else if (message.kind === 3) {
      batches.push(entry)
      before.push(dictionaries.length)
    }
    if (schemaOnly && fields) break
    at = entry.at + entry.metadata + entry.body
  }
  if (!fields) throw new RangeError('it is no Arrow file or stream')
  return { format: 'stream', fields, batches, dictionaries, before }
}

/** A message's place and header (format/Message.fbs): kind 1 is a schema, 2 a dictionary, 3 a record batch. */
async function readMessage(
  file: FileHandle,
  at: number,
  size: number,
): Promise<{ entry: Entry; kind: number; header: Table | null }> {
  const prefix = Buffer.from(await bytesAt(file, at, Math.min(8, size - at)))
  if (prefix.length < 4) throw new RangeError(`the message at byte ${at} has ${prefix.length} bytes`)
  // Before version 0.15 there was no continuation mark.
  const marked = prefix.length >= 8 && prefix.readInt32LE(0) === -1
  const metadata = marked ? prefix.readInt32LE(4) : prefix.readInt32LE(0)
  const start = at + (marked ? 8 : 4)
  const empty = { entry: { at: start, metadata: 0, body: 0, rows: 0 }, kind: 0, header: null }
  if (metadata === 0) return empty
  if (metadata < 0 || start + metadata > size)
    throw new RangeError(`the message at byte ${at} has ${metadata} bytes of metadata`)
  const message = Table.root(await bytesAt(file, start, metadata))
  const header = message.table(2)
  const kind = message.byte(1)
  const batch = kind === 2 ? header?.table(1) : kind === 3 ? header : null
  const body = message.long(3)
  if (body < 0 || start + metadata + body > size)
    throw new RangeError(`the message at byte ${at} has a body that goes over the end`)
  const rows = batch?.long(0) ?? 0
  if (rows < 0 || rows > mostRows) throw new RangeError(`the message at byte ${at} has a batch of ${rows} rows`)
  return { entry: { at: start, metadata, body, rows }, kind, header }
}
