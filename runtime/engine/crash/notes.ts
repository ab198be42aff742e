import { closeSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { PackedRows } from './rows.ts'

/** What a thread does in native code that may end the process, as it says before. */
export type Note =
  /** A model works on rows for the nodes that share it. */
  | { readonly do: 'infer'; readonly nodes: readonly string[]; readonly rows: readonly PackedRows[] }
  /** A sink works on rows of a split that it takes; `range`: on no others. */
  | { readonly do: 'write'; readonly node: string; readonly split: number; readonly range?: RowRange }
  /** A sink makes splits durable, or a range of one. */
  | { readonly do: 'commit'; readonly node: string; readonly splits: readonly number[]; readonly range?: RowRange }

/** Rows that follow one another as they entered a node, by the identities of the first and the last. */
export interface RowRange {
  readonly first: string
  readonly last: string
  readonly rows: number
}

/**
 * A thread's note in the run's folder: written before a call and taken back after it. Nothing is synced: the system
 * keeps what was written when the process dies, and when the machine does, no call is to blame.
 */
export class Notes {
  readonly #path: string
  #file: number | undefined

  constructor(folder: string, writer: string) {
    this.#path = join(folder, `${prefix}${writer}`)
  }

  write(note: Note): void {
    this.#file ??= openSync(this.#path, 'w')
    const text = Buffer.from(`....${JSON.stringify(note)}`)
    text.writeUInt32LE(text.length - 4)
    writeSync(this.#file, text, 0, text.length, 0)
  }

  clear(): void {
    if (this.#file !== undefined) writeSync(this.#file, none, 0, 4, 0)
  }

  close(): void {
    if (this.#file === undefined) return
    closeSync(this.#file)
    this.#file = undefined
    rmSync(this.#path, { force: true })
  }
}

const prefix = 'note-'
const none = Buffer.alloc(4)

/** What was at work when a process of the run ended; takes the notes away. */
export function takeNotes(folder: string): Note[] {
  const found: Note[] = []
  for (const name of readdirSync(folder).filter((one) => one.startsWith(prefix))) {
    const bytes = readFileSync(join(folder, name))
    const length = bytes.length < 4 ? 0 : bytes.readUInt32LE()
    rmSync(join(folder, name))
    if (length === 0 || bytes.length < length + 4) continue
    found.push(JSON.parse(bytes.toString('utf8', 4, 4 + length)) as Note) // as `Notes` wrote it
  }
  return found
}
