import { type Note, Notes } from './notes.ts'
import { Turn } from './turn.ts'

/** Where threads note what they do in native code; `turn`: they take turns, 4 shared bytes. */
export interface Watching {
  /** The run's folder for work. */
  readonly folder: string
  readonly turn: SharedArrayBuffer | null
}

/** What one thread does in native code, one thing at a time: noted before, and taken back after it. */
export class Watched {
  readonly #notes: Notes
  readonly #turn: Turn | null
  #at = false

  constructor({ folder, turn }: Watching, writer: string) {
    this.#notes = new Notes(folder, writer)
    this.#turn = turn && new Turn(turn)
  }

  async begin(note: Note): Promise<void> {
    await this.#turn?.take()
    this.#at = true
    this.#notes.write(note)
  }

  /** Does nothing where nothing has begun. */
  end(): void {
    if (!this.#at) return
    this.#at = false
    this.#notes.clear()
    this.#turn?.give()
  }

  async during<T>(note: Note, work: () => Promise<T>): Promise<T> {
    await this.begin(note)
    try {
      return await work()
    } finally {
      this.end()
    }
  }

  close(): void {
    this.end()
    this.#notes.close()
  }
}
