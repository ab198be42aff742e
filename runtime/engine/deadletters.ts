import type { Disk, DiskFileNow, DiskNow } from '../disk/index.ts'
import type { Batch } from '../memory/index.ts'
import { typeName } from '../pipeline/types.ts'
import { TextBuffer } from '../text/buffer.ts'
import { objectWriter } from '../text/json.ts'

/** Rejected rows that no edge took, staged by a lane in a file of the split: one JSON object a line. */
export class DeadLetterStage {
  readonly #path: string
  readonly #disk: DiskNow
  #file: DiskFileNow | undefined
  #count = 0
  #bytes = 0

  constructor(path: string, disk: Disk) {
    this.#path = path
    this.#disk = disk.now.at('letters.stage')
  }

  /** Writes the rows: their own columns, `_node`, `_identity`, `_code`, `_message`, `_column`, and `_types`. */
  write = (rejected: Batch): void => {
    this.#file ??= this.#disk.open(this.#path, 'new')
    const { fields } = rejected.schema
    const kinds = Object.fromEntries(
      fields.filter(({ name }) => !name.startsWith('_')).map(({ name, type }) => [name, typeName(type)]),
    )
    const tail = Buffer.from(`,"_types":${JSON.stringify(kinds)}}\n`)
    const names = fields.map(({ name }) => name)
    const writeRow = objectWriter(names, rejected.columns, { notFinite: 0 })
    const lines = new TextBuffer()
    for (let row = 0; row < rejected.rows; row++) {
      writeRow(lines, row)
      // In place of the closing brace.
      lines.length--
      lines.copy(tail)
    }
    const bytes = lines.written
    this.#file.write(bytes, this.#bytes)
    this.#count += rejected.rows
    this.#bytes += bytes.length
  }

  /** Makes the file durable; null where nothing was rejected. */
  finish(): StagedDeadLetters | null {
    if (this.#file === undefined) return null
    try {
      this.#file.sync()
    } finally {
      this.#file.close()
      this.#file = undefined
    }
    return { path: this.#path, count: this.#count, bytes: this.#bytes }
  }

  /** The split failed: nobody takes them. Closing never fails it a second time. */
  abandon(): void {
    try {
      this.#file?.close()
    } catch {
      // The error that failed the split says more.
    }
    this.#file = undefined
    this.#count = 0
    this.#bytes = 0
  }
}

export interface StagedDeadLetters {
  readonly path: string
  readonly count: number
  readonly bytes: number
}
