import { createHash } from 'node:crypto'
import { createReadStream, statSync } from 'node:fs'

const known = new Map<string, string>()

/**
 * Memory of a model's first session and of each more, for the plan: the file's weights and what calls need, the first
 * time on top of ONNX Runtime itself. Measured: int8 of 24 MB 130 MB, then 95 MB each; float32 of 90 MB 155 MB.
 */
export const sessionBytes = (modelBytes: number) => ({
  bytes: (140 << 20) + Math.round(modelBytes * 0.7),
  perSession: (90 << 20) + Math.round(modelBytes * 0.7),
})

/** Bytes of files together. */
export const bytesOf = (paths: readonly string[]): number => paths.reduce((sum, path) => sum + statSync(path).size, 0)

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
