import { basename, dirname, resolve } from 'node:path'
import { armedDisk } from './armed.ts'
import { Contents } from './contents.ts'
import type { Disk, DiskFileNow, DiskNow, DiskStat, OpenMode } from './disk.ts'
import { Faults } from './faults.ts'
import { later } from './later.ts'
import { type Inode, NameLog } from './names.ts'
import { seededRandom } from './random.ts'

export interface SimulatedDiskOptions {
  readonly seed?: number
  /** Milliseconds, for the times of files. */
  readonly clock?: () => number
  /** Waited for before each operation that does not block the thread. */
  readonly pace?: () => Promise<void>
}

/** A process over a simulated disk: its faults, and its end. */
export interface SimulatedProcess {
  readonly disk: Disk
  readonly faults: Faults
  readonly isKilled: () => boolean
  /** From here on nothing that it does has an effect. */
  readonly kill: () => void
}

/**
 * A disk in memory, the same from the same seed. A power cut loses, keeps or tears what was not synced: the content of
 * files, and the names in folders, renames and removals included. It is harder than ext4 and XFS, whose journals keep
 * changes of names in order: here each folder loses its own.
 */
export class SimulatedDisk {
  readonly disk: Disk
  readonly #options: SimulatedDiskOptions
  readonly #clock: () => number
  #random: () => number
  #names = new NameLog()
  #inodes = 1
  #root: Inode

  constructor(options: SimulatedDiskOptions = {}) {
    const { seed = 1, clock = () => 0, pace } = options
    this.#options = options
    this.#clock = clock
    this.#random = seededRandom(seed)
    this.#root = this.#makeInode(null)
    this.disk = later(this.#now(), pace)
  }

  /** A process that uses this disk, with faults of its own. */
  process(faults = new Faults()): SimulatedProcess {
    let killed = false
    const kill = () => {
      killed = true
    }
    const isKilled = () => killed
    return { disk: armedDisk(this.disk, { faults, kill, isKilled }), faults, isKilled, kill }
  }

  /** Loses what was not synced, as a power cut would: all processes must be dead. */
  powerCut(): void {
    this.#names.cut(this.#random)
    const inodes = new Set<Inode>()
    this.#survive(this.#root, inodes)
    for (const { contents } of inodes) contents?.cut(this.#random)
  }

  /** A disk of its own with the same on it, synced or not; `seed` decides what a power cut leaves there. */
  fork(seed: number): SimulatedDisk {
    const other = new SimulatedDisk({ ...this.#options, seed })
    const copies = new Map<Inode, Inode>()
    const copy = (inode: Inode): Inode => {
      const known = copies.get(inode)
      if (known) return known
      const { number, modified, contents } = inode
      const made: Inode = { number, modified, contents: contents?.copy() ?? null, names: new Map(), lasting: new Map() }
      copies.set(inode, made)
      for (const [name, inner] of inode.names) made.names.set(name, copy(inner))
      made.lasting = new Map([...inode.lasting].map(([name, inner]) => [name, copy(inner)]))
      return made
    }
    other.#root = copy(this.#root)
    other.#names = this.#names.copy(copy)
    other.#inodes = this.#inodes
    return other
  }

  /** All files with their content, for looking at. */
  files(below = '/'): Map<string, Buffer> {
    const found = new Map<string, Buffer>()
    const walk = (inode: Inode, path: string): void => {
      if (inode.contents) found.set(path, Buffer.from(inode.contents.view))
      for (const [name, inner] of [...inode.names].sort(byName)) walk(inner, `${path === '/' ? '' : path}/${name}`)
    }
    const start = this.#find(below)
    if (start) walk(start, below)
    return found
  }

  #survive(inode: Inode, seen: Set<Inode>): void {
    if (seen.has(inode)) return
    seen.add(inode)
    inode.names.clear()
    for (const [name, inner] of inode.lasting) {
      inode.names.set(name, inner)
      this.#survive(inner, seen)
    }
  }

  #makeInode(contents: Contents | null): Inode {
    return { number: this.#inodes++, modified: this.#clock(), contents, names: new Map(), lasting: new Map() }
  }

  #now(): DiskNow {
    const now: DiskNow = {
      at: () => now,
      open: (path, mode) => this.#open(path, mode),
      read: (path) => Buffer.from(this.#file(path).contents.view),
      stat: (path) => {
        const inode = this.#find(path)
        return inode && factsOf(inode)
      },
      list: (folder) =>
        [...(this.#find(folder)?.names ?? [])]
          .sort(byName)
          .map(([name, { contents }]) => ({ name, isFolder: contents === null })),
      makeFolder: (path) => void this.#makeFolder(resolve(path)),
      rename: (from, to) => this.#rename(from, to),
      remove: (path) => this.#remove(path, ({ contents }) => contents !== null, 'EISDIR'),
      removeTree: (path) => this.#remove(path, () => true, ''),
      removeFolder: (path) => {
        if (!this.#find(path)) throw failure('ENOENT', path)
        this.#remove(path, ({ contents, names }) => contents === null && names.size === 0, 'ENOTEMPTY')
      },
      syncFolder: (path) => this.#names.sync(this.#folder(path)),
    }
    return now
  }

  #open(path: string, mode: OpenMode): DiskFileNow {
    const found = this.#find(path)
    if (!found && (mode === 'read' || mode === 'edit')) throw failure('ENOENT', path)
    if (found && !found.contents) throw failure('EISDIR', path)
    const inode = (found ?? this.#make(path)) as FileInode
    if (found && mode === 'new') inode.contents.truncate(0)
    return this.#opened(inode)
  }

  #make(path: string): Inode {
    const inode = this.#makeInode(new Contents())
    this.#names.change([{ folder: this.#folder(dirname(path)), name: basename(path), inode }])
    return inode
  }

  #opened(inode: FileInode): DiskFileNow {
    const { contents } = inode
    const touch = () => {
      inode.modified = this.#clock()
    }
    const file: DiskFileNow = {
      at: () => file,
      read: (into, position) => {
        const some = contents.view.subarray(position, position + into.length)
        into.set(some)
        return some.length
      },
      write: (bytes, position) => {
        contents.write(bytes, position)
        touch()
      },
      truncate: (length) => {
        contents.truncate(length)
        touch()
      },
      sync: () => contents.sync(),
      stat: () => factsOf(inode),
      close: () => {},
    }
    return file
  }

  #makeFolder(path: string): Inode {
    const found = this.#find(path)
    if (found?.contents) throw failure('EEXIST', path)
    if (found) return found
    const folder = this.#makeFolder(dirname(path))
    const inode = this.#makeInode(null)
    this.#names.change([{ folder, name: basename(path), inode }])
    return inode
  }

  #rename(from: string, to: string): void {
    const inode = this.#find(from)
    if (!inode) throw failure('ENOENT', from)
    const there = this.#find(to)
    if (there && !there.contents && (inode.contents || there.names.size)) throw failure('ENOTEMPTY', to)
    this.#names.change([
      { folder: this.#folder(dirname(from)), name: basename(from), inode: null },
      { folder: this.#folder(dirname(to)), name: basename(to), inode },
    ])
  }

  #remove(path: string, may: (inode: Inode) => boolean, refusal: string): void {
    const inode = this.#find(path)
    if (!inode) return
    if (!may(inode)) throw failure(refusal, path)
    this.#names.change([{ folder: this.#folder(dirname(path)), name: basename(path), inode: null }])
  }

  #find(path: string): Inode | null {
    let at: Inode | undefined = this.#root
    for (const name of resolve(path).split('/')) if (name) at = at?.names.get(name)
    return at ?? null
  }

  #file(path: string): FileInode {
    const inode = this.#find(path)
    if (!inode) throw failure('ENOENT', path)
    if (!inode.contents) throw failure('EISDIR', path)
    return inode as FileInode
  }

  #folder(path: string): Inode {
    const inode = this.#find(path)
    if (!inode) throw failure('ENOENT', path)
    if (inode.contents) throw failure('ENOTDIR', path)
    return inode
  }
}

type FileInode = Inode & { readonly contents: Contents }

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1)

const factsOf = ({ number, modified, contents }: Inode): DiskStat => ({
  size: contents?.length ?? 0,
  modified,
  inode: number,
  isFolder: contents === null,
})

const failure = (code: string, path: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`${code}: ${path}`), { code, path })
