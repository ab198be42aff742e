import * as fs from 'node:fs'
import * as promises from 'node:fs/promises'
import { promisify } from 'node:util'
import type { Disk, DiskEntry, DiskFile, DiskFileNow, DiskNow, DiskStat, OpenMode } from './disk.ts'

// The only place where what must be durable touches `node:fs`.

const { O_CREAT, O_RDWR } = fs.constants
const flags = { read: 'r', edit: 'r+', new: 'w+', keep: O_RDWR | O_CREAT } as const satisfies Record<
  OpenMode,
  string | number
>

/** The machine's disk. Steps mean nothing to it: passing them costs nothing. */
export const realDisk: Disk = {
  at: () => realDisk,
  open: async (path, mode) => asyncFile(await opened(path, flags[mode]), path),
  read: (path) => promises.readFile(path),
  stat: (path) => promises.stat(path).then(factsOf, missingAs(null)),
  list: (folder) => promises.readdir(folder, { withFileTypes: true }).then(entriesOf, missingAs([])),
  makeFolder: async (path) => void (await promises.mkdir(path, { recursive: true })),
  rename: (from, to) => promises.rename(from, to),
  remove: (path) => promises.rm(path, { force: true }),
  removeTree: (path) => promises.rm(path, { recursive: true, force: true }),
  removeFolder: (path) => promises.rmdir(path),
  async syncFolder(path) {
    const file = await opened(path, 'r').catch(unsyncable)
    if (file === null) return
    try {
      await synced(file).catch(unsyncable)
    } finally {
      await closed(file)
    }
  },
  call: (work) => work(),
  get now() {
    return realNow
  },
}

const realNow: DiskNow = {
  at: () => realNow,
  open: (path, mode) => fileNow(fs.openSync(path, flags[mode]), path),
  read: (path) => fs.readFileSync(path),
  stat: (path) => caught(() => factsOf(fs.statSync(path)), missingAs(null)),
  list: (folder) => caught(() => entriesOf(fs.readdirSync(folder, { withFileTypes: true })), missingAs([])),
  makeFolder: (path) => void fs.mkdirSync(path, { recursive: true }),
  rename: (from, to) => fs.renameSync(from, to),
  remove: (path) => fs.rmSync(path, { force: true }),
  removeTree: (path) => fs.rmSync(path, { recursive: true, force: true }),
  removeFolder: (path) => fs.rmdirSync(path),
  syncFolder(path) {
    const file = caught(() => fs.openSync(path, 'r'), unsyncable)
    if (file === null) return
    try {
      caught(() => fs.fsyncSync(file), unsyncable)
    } finally {
      fs.closeSync(file)
    }
  },
}

const opened = promisify(fs.open)
const closed = promisify(fs.close)
const synced = promisify(fs.fsync)
const truncated = promisify(fs.ftruncate)
const statted = promisify(fs.fstat)
const readOnce = promisify(fs.read)
const writtenOnce = promisify(fs.write)

function asyncFile(descriptor: number, path: string): DiskFile {
  let open = true
  const at = withPath(path)
  const file: DiskFile = {
    at: () => file,
    async read(into, position) {
      let done = 0
      while (done < into.length) {
        const { bytesRead } = await readOnce(descriptor, into, done, into.length - done, position + done)
        if (bytesRead === 0) break
        done += bytesRead
      }
      return done
    },
    async write(bytes, position) {
      for (let done = 0; done < bytes.length; )
        done += (await writtenOnce(descriptor, bytes, done, bytes.length - done, position + done).catch(at))
          .bytesWritten
    },
    truncate: (length) => truncated(descriptor, length),
    sync: () => synced(descriptor).catch(at),
    stat: async () => factsOf(await statted(descriptor)),
    async close() {
      if (open) {
        open = false
        await closed(descriptor)
      }
    },
  }
  return file
}

function fileNow(descriptor: number, path: string): DiskFileNow {
  let open = true
  const at = withPath(path)
  const file: DiskFileNow = {
    at: () => file,
    read(into, position) {
      let done = 0
      while (done < into.length) {
        const count = fs.readSync(descriptor, into, done, into.length - done, position + done)
        if (count === 0) break
        done += count
      }
      return done
    },
    write(bytes, position) {
      for (let done = 0; done < bytes.length; )
        done += caught(() => fs.writeSync(descriptor, bytes, done, bytes.length - done, position + done), at)
    },
    truncate: (length) => fs.ftruncateSync(descriptor, length),
    sync: () => caught(() => fs.fsyncSync(descriptor), at),
    stat: () => factsOf(fs.fstatSync(descriptor)),
    close() {
      if (open) fs.closeSync(descriptor)
      open = false
    },
  }
  return file
}

/** What the system says of an open file does not name it. */
const withPath =
  (path: string) =>
  (thrown: unknown): never => {
    const error = thrown as NodeJS.ErrnoException // what the file system throws
    if (error.path === undefined) {
      error.path = path
      error.message += ` '${path}'`
    }
    throw error
  }

const factsOf = (stats: fs.Stats): DiskStat => ({
  size: stats.size,
  modified: stats.mtimeMs,
  inode: stats.ino,
  isFolder: stats.isDirectory(),
})

const entriesOf = (entries: readonly fs.Dirent[]): DiskEntry[] =>
  entries
    .map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))

function caught<T, E>(work: () => T, onError: (error: unknown) => E): T | E {
  try {
    return work()
  } catch (error) {
    return onError(error)
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException | null)?.code ?? ''

const missingAs =
  <T>(value: T) =>
  (error: unknown): T => {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return value
    throw error
  }

/** What systems say that cannot sync folders, or do not let this user open one that is above its own. */
const noFolders = ['EPERM', 'EACCES', 'EINVAL', 'EISDIR', 'ENOTSUP']

function unsyncable(error: unknown): null {
  if (noFolders.includes(codeOf(error))) return null
  throw error
}
