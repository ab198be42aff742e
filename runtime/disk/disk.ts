import type { DurableStep } from './points.ts'

/** `read` and `edit` want the file to be there, `new` makes or empties it, `keep` makes it where it is missing. */
export type OpenMode = 'read' | 'edit' | 'new' | 'keep'

export interface DiskStat {
  readonly size: number
  /** Milliseconds. */
  readonly modified: number
  /** Tells a file from another that has its name. */
  readonly inode: number
  readonly isFolder: boolean
}

export interface DiskEntry {
  readonly name: string
  readonly isFolder: boolean
}

/** What can be done with an open file, at once. */
export interface FileWork {
  /** Fills `into` from byte `position` on; how much there was. */
  readonly read: (into: Uint8Array, position: number) => number
  /** Writes all of the bytes. */
  readonly write: (bytes: Uint8Array, position: number) => void
  readonly truncate: (length: number) => void
  /** Its content is on disk when this returns; its name only with `syncFolder`. */
  readonly sync: () => void
  readonly stat: () => DiskStat
  /** May come twice. */
  readonly close: () => void
}

/** What can be done on a disk, at once. Names are durable only with `syncFolder`, removals and renames too. */
export interface DiskWork {
  /** The whole file; throws ENOENT where there is none. */
  readonly read: (path: string) => Buffer
  /** Null where there is nothing. */
  readonly stat: (path: string) => DiskStat | null
  /** Sorted; nothing where there is no folder. */
  readonly list: (folder: string) => DiskEntry[]
  /** Makes it and those above it that are missing. */
  readonly makeFolder: (path: string) => void
  /** Puts a file or folder in the place of another file, at once. */
  readonly rename: (from: string, to: string) => void
  /** A file; nothing happens where there is none. */
  readonly remove: (path: string) => void
  /** A folder with all that is in it; nothing happens where there is none. */
  readonly removeTree: (path: string) => void
  /** Only where nothing is in it: throws ENOTEMPTY. */
  readonly removeFolder: (path: string) => void
  /** The names in a folder are on disk when this returns. A system that cannot do that (Windows) keeps them by itself. */
  readonly syncFolder: (path: string) => void
}

type Later<Work> = {
  readonly [K in keyof Work]: Work[K] extends (...given: infer A) => infer R ? (...given: A) => Promise<R> : never
}

/** An open file whose work blocks the thread. */
export interface DiskFileNow extends FileWork {
  readonly at: (step: DurableStep | (string & {})) => DiskFileNow
}

/** An open file. `at` says which step of a commit uses it from there on: with the operation that is a fault point. */
export interface DiskFile extends Later<FileWork> {
  readonly at: (step: DurableStep | (string & {})) => DiskFile
}

/** A disk whose work blocks the thread: for records that must be on it before anything else goes on. */
export interface DiskNow extends DiskWork {
  readonly open: (path: string, mode: OpenMode) => DiskFileNow
  readonly at: (step: DurableStep | (string & {})) => DiskNow
}

/**
 * The part of the file system that durable steps need. Whatever must outlast a crash goes through one that is passed in:
 * the real one, one that fails where a test says so, or one in memory that loses what was not synced. `at` names the step.
 */
export interface Disk extends Later<DiskWork> {
  readonly open: (path: string, mode: OpenMode) => Promise<DiskFile>
  readonly at: (step: DurableStep | (string & {})) => Disk
  /** Work of an engine that writes by itself: a fault point stands around it, `step.call`. */
  readonly call: <T>(work: () => Promise<T>) => Promise<T>
  readonly now: DiskNow
}
