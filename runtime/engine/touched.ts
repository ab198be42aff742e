import { stat } from 'node:fs/promises'

/** A file as it was when the run started: another one under its name is refused at resume. */
export interface FileVersion {
  readonly path: string
  readonly size: number
  readonly modified: number
  /** SHA-256 of the first and the last 64 KB. */
  readonly hash: string
  /** CRC-32 of what lies between, where that was read too; of a file without it the time alone tells. */
  readonly inner?: number
}

/** A file that is not as it was. */
export interface FileChange {
  readonly path: string
  /** What is different, after the file's name: `is no longer there`. */
  readonly what: string
}

/** What is different about a file by its size and time alone: for a look that costs nothing. */
export async function touchedSince(
  { path, size, modified }: Pick<FileVersion, 'path' | 'size' | 'modified'>,
  absolute: string,
): Promise<FileChange | null> {
  const now = await stat(absolute).catch(() => null)
  if (!now) return { path, what: 'is no longer there' }
  if (now.size !== size) return { path, what: `had ${size} bytes and now has ${now.size}` }
  return Math.round(now.mtimeMs) === modified ? null : { path, what: 'was written to' }
}
