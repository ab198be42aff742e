import { createHash } from 'node:crypto'
import { createReadStream, statSync } from 'node:fs'

const known = new Map<string, string>()

/** The SHA-256 of a file's bytes; read again only when its size or time of change is another. */
export async function fileHash(path: string): Promise<string> {
  const { size, mtimeMs } = statSync(path)
  const key = `${path}:${size}:${mtimeMs}`
  const before = known.get(key)
  if (before) return before
  const hash = createHash('sha256')
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(piece as Uint8Array)
  const digest = hash.digest('hex')
  known.set(key, digest)
  return digest
}
