import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { HttpRefusal } from '../refuse.ts'

/** The largest pipeline file that is read, in bytes. */
export const mostBytes = 5_000_000

/** A pipeline's file as it lies on disk. */
export interface PipelineFile {
  readonly text: string
  /** A hash of its bytes. */
  readonly version: string
  /** Why it cannot be edited: its bytes are no UTF-8, and writing the text would change them. */
  readonly locked: string | null
}

/** The version of bytes that are, or will be, a file. */
export const versionOf = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('hex').slice(0, 32)

/** Reads a file byte for byte: a byte order mark stays in the text. Null where there is none. */
export async function readPipelineFile(file: string): Promise<PipelineFile | null> {
  const about = await stat(file).catch(() => null)
  if (!about?.isFile()) return null
  if (about.size > mostBytes)
    throw new HttpRefusal(413, `the file is ${about.size} bytes, a pipeline has at most ${mostBytes}`)
  const bytes = await readFile(file)
  const version = versionOf(bytes)
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), version, locked: null }
  } catch {
    const text = new TextDecoder('latin1').decode(bytes)
    return {
      text,
      version,
      locked: 'The file is not UTF-8. Save it as UTF-8 in a text editor; nothing is written to it from here.',
    }
  }
}
