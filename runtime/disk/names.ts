import type { Contents } from './contents.ts'

/** A file or folder, whatever it is called. */
export interface Inode {
  readonly number: number
  modified: number
  /** Null for a folder. */
  readonly contents: Contents | null
  /** What a folder holds now, and what of that would be left after a power cut. */
  readonly names: Map<string, Inode>
  lasting: ReadonlyMap<string, Inode>
}

/** One change of names, all of it or nothing of it: a rename takes one away and gives another. */
export interface NameChange {
  readonly folder: Inode
  readonly name: string
  /** Null: the name is gone. */
  readonly inode: Inode | null
}

/** The names that changed since their folders were synced, in order. */
export class NameLog {
  #pending: (readonly NameChange[])[] = []

  /** The same changes, of the folders and files that `of` gives in the place of these. */
  copy(of: (inode: Inode) => Inode): NameLog {
    const other = new NameLog()
    other.#pending = this.#pending.map((changes) =>
      changes.map(({ folder, name, inode }) => ({ folder: of(folder), name, inode: inode && of(inode) })),
    )
    return other
  }

  /** Changes names, for now in memory. */
  change(changes: readonly NameChange[]): void {
    for (const { folder, name, inode } of changes) {
      if (inode) folder.names.set(name, inode)
      else folder.names.delete(name)
    }
    this.#pending.push(changes)
  }

  /** A folder's names are on disk now; a rename out of it takes its other end along, and what came before. */
  sync(folder: Inode): void {
    const wanted = new Set<string>()
    const taken = new Set<readonly NameChange[]>()
    for (const changes of this.#pending.toReversed()) {
      if (!changes.some((one) => one.folder === folder || wanted.has(keyOf(one)))) continue
      taken.add(changes)
      for (const one of changes) wanted.add(keyOf(one))
    }
    for (const changes of this.#pending) if (taken.has(changes)) keep(changes)
    this.#pending = this.#pending.filter((changes) => !taken.has(changes))
  }

  /** The power is cut: each change may be lost, and then all later ones of the same names are. */
  cut(random: () => number): void {
    const lost = new Set<string>()
    for (const changes of this.#pending) {
      if (changes.some((one) => lost.has(keyOf(one))) || random() < 0.5) for (const one of changes) lost.add(keyOf(one))
      else keep(changes)
    }
    this.#pending = []
  }
}

const keyOf = ({ folder, name }: NameChange): string => `${folder.number}/${name}`

function keep(changes: readonly NameChange[]): void {
  for (const { folder, name, inode } of changes) {
    const names = new Map(folder.lasting)
    if (inode) names.set(name, inode)
    else names.delete(name)
    folder.lasting = names
  }
}
