import { appendFileSync } from 'node:fs'

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

  constructor(path: string, level: Level, listen: (entry: LogEntry) => void) {
    this.#path = path
    this.#level = level
    this.#listen = listen
  }

  write(entry: LogEntry): void {
    appendFileSync(this.#path, `${JSON.stringify({ time: new Date().toISOString(), ...entry })}\n`)
    if (order.indexOf(entry.level) >= order.indexOf(this.#level)) this.#listen(entry)
  }
}
