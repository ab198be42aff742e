import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { link, mkdir, rename, rm, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { type Readable, Transform } from 'node:stream'
import { pipeline as pipe } from 'node:stream/promises'
import { isCode } from '../../catalogue/own/find.ts'
import type { Uploaded } from '../api/files.ts'
import type { ServerContext } from '../context.ts'
import { HttpRefusal } from '../refuse.ts'
import { numbered, placesOf, safeName } from './places.ts'
import { typeOfFile } from './types.ts'

/** What is left free on the disk, in bytes: runs write there too. */
const spare = 200_000_000

/**
 * Streams a file of the reader's into `data/` of the folder, under its name or the next free one. A transfer that
 * breaks off leaves nothing.
 */
export async function takeFile(
  context: ServerContext,
  pipeline: string,
  given: string,
  bytes: Readable,
  length: number | null,
): Promise<Uploaded> {
  if (isCode(safeName(given))) throw new HttpRefusal(415, 'the page takes data, not code', code)
  const places = placesOf(context, pipeline)
  const folder = join(context.folder, 'data')
  if (!places.maySee(folder)) throw new HttpRefusal(403, 'data/ of this folder is a link that leads elsewhere')
  await mkdir(folder, { recursive: true })
  const free = await room(folder)
  if (length !== null && length > free) throw full(length, free)
  const fresh = join(folder, `.${randomBytes(6).toString('hex')}.part`)
  try {
    await pipe(bytes, atMost(free), createWriteStream(fresh, { flags: 'wx' }), { signal: context.signal })
    const name = await place(fresh, folder, safeName(given))
    const path = join(folder, name)
    const { size } = await stat(path)
    return { value: places.valueOf(path), name, size, type: await typeOfFile(path, name) }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException // what the file system and a broken transfer throw
    if (code === 'ENOSPC' || code === 'EDQUOT') throw full(length, 0)
    if (code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ECONNRESET')
      throw new HttpRefusal(400, 'the transfer broke off; nothing of the file was kept')
    throw error
  } finally {
    await rm(fresh, { force: true })
  }
}

const code = 'A node of your own is a file that you put beside the pipeline: headrace nodes new ./nodes/name.'

/** Bytes that a file may have here. */
async function room(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return Math.max(0, bavail * bsize - spare)
}

function full(length: number | null, free: number): HttpRefusal {
  const size = length === null ? 'the file' : `the file is ${megabytes(length)} and`
  const message = `${size} does not fit on the disk: ${megabytes(free)} are free beside what runs need`
  return new HttpRefusal(507, message, 'Make room, or name the folder that the file lies in: --data FOLDER.')
}

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`

/** Lets so many bytes through. */
function atMost(most: number): Transform {
  let passed = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      passed += chunk.length
      if (passed > most) done(full(null, most))
      else done(null, chunk)
    },
  })
}

/** Gives the file its name, or the next one that is free; nothing that is there is written over. */
async function place(fresh: string, folder: string, name: string): Promise<string> {
  for (let n = 1; ; n++) {
    const candidate = numbered(name, n)
    try {
      await link(fresh, join(folder, candidate))
      return candidate
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException // what the file system throws
      if (code === 'EEXIST') continue
      if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error
    }
    // A disk that knows no links.
    const there = await stat(join(folder, candidate)).catch(() => null)
    if (there) continue
    await rename(fresh, join(folder, candidate))
    return candidate
  }
}
