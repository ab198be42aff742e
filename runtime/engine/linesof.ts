import { type FileHandle, open } from 'node:fs/promises'

/** A whole line of a file: its number from 0, and its bytes without the newline. */
export interface Line {
  readonly index: number
  readonly start: number
  readonly end: number
  readonly text: string
}

const newline = 10

/** The lines of a file, one after the other, however large it is; none where there is no such file. */
export async function* linesOf(path: string): AsyncGenerator<Line> {
  await using file = await openIfThere(path)
  if (!file) return
  let index = 0
  let origin = 0
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of chunksOf(file)) {
    const bytes = rest.length ? Buffer.concat([rest, chunk]) : chunk
    let start = 0
    for (let end: number; (end = bytes.indexOf(newline, start)) >= 0; start = end + 1)
      yield { index: index++, start: origin + start, end: origin + end, text: bytes.toString('utf8', start, end) }
    origin += start
    rest = bytes.subarray(start)
  }
}

/** Bytes of a file in pieces. */
export async function* chunksOf(file: FileHandle): AsyncGenerator<Buffer> {
  for (let at = 0; ; ) {
    const buffer = Buffer.allocUnsafe(1 << 20)
    const { bytesRead } = await file.read(buffer, 0, buffer.length, at)
    if (bytesRead === 0) return
    at += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}

/** Some bytes of a file as text. */
export async function textBetween(file: FileHandle, start: number, end: number): Promise<string> {
  const bytes = Buffer.allocUnsafe(end - start)
  for (let done = 0; done < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, done, bytes.length - done, start + done)
    if (bytesRead === 0) throw new RangeError(`a file has fewer than ${end} bytes`)
    done += bytesRead
  }
  return bytes.toString('utf8')
}

/** Opens a file; null where there is none. */
export async function openIfThere(path: string): Promise<FileHandle | null> {
  try {
    return await open(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
