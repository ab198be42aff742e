import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { type Batch, rowText } from '../memory/index.ts'
import { typeName } from '../pipeline/types.ts'

/** Rejected rows that no edge took, staged by a lane in a file of the split: one JSON object a line. */
export class DeadLetterStage {
  readonly #path: string
  #file: number | undefined
  #count = 0
  #bytes = 0

  constructor(path: string) {
    this.#path = path
  }

  /** Writes the rows: their own columns, `_node`, `_identity`, `_code`, `_message`, `_column`, and `_types`. */
  write = (rejected: Batch): void => {
    this.#file ??= openSync(this.#path, 'w')
    const { fields } = rejected.schema
    const kinds = Object.fromEntries(
      fields.filter(({ name }) => !name.startsWith('_')).map(({ name, type }) => [name, typeName(type)]),
    )
    const tail = `,"_types":${JSON.stringify(kinds)}}\n`
    const { columns } = rejected
    const lines = Array.from({ length: rejected.rows }, (_, row) => rowText(fields, columns, row).slice(0, -1) + tail)
    const bytes = Buffer.from(lines.join(''))
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#file, bytes, done)
    this.#count += rejected.rows
    this.#bytes += bytes.length
  }

  /** Makes the file durable; null where nothing was rejected. */
  finish(): StagedDeadLetters | null {
    if (this.#file === undefined) return null
    fsyncSync(this.#file)
    closeSync(this.#file)
    this.#file = undefined
    return { path: this.#path, count: this.#count, bytes: this.#bytes }
  }
}

export interface StagedDeadLetters {
  readonly path: string
  readonly count: number
  readonly bytes: number
}
