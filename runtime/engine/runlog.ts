import { appendFileSync } from 'node:fs'
import { withoutSecrets } from '../catalogue/secrets.ts'

export type Level = 'debug' | 'info' | 'warn' | 'error'
const order: readonly Level[] = ['debug', 'info', 'warn', 'error']

export interface LogEntry {
  readonly level: Level
  readonly message: string
  readonly node?: string
  /** The split's number, from 0. */
  readonly split?: number
}

/** The run's log: NDJSON in `run.log`, and what is at or above a level to a listener. */
export class RunLog {
  readonly #path: string
  readonly #level: Level
  readonly #listen: (entry: LogEntry) => void
  readonly #secrets: readonly string[]

  constructor(path: string, level: Level, secrets: readonly string[], listen: (entry: LogEntry) => void) {
    this.#secrets = secrets
    this.#path = path
    this.#level = level
    this.#listen = listen
  }

  /** Writes an entry, without the secrets that a library may have put into its message. */
  write(given: LogEntry): void {
    const entry = { ...given, message: withoutSecrets(given.message, this.#secrets) }
    try {
      appendFileSync(this.#path, `${JSON.stringify({ time: new Date().toISOString(), ...entry })}\n`)
    } catch {
      // A full disk ends a run where rows are stored, not where something is told.
    }
    if (order.indexOf(entry.level) >= order.indexOf(this.#level)) this.#listen(entry)
  }
}
