import type { Disk, DiskFileNow, DiskNow } from '../disk/index.ts'
import type { Batch } from '../memory/index.ts'
import { type Field, typeName } from '../pipeline/types.ts'
import { TextBuffer } from '../text/buffer.ts'
import { objectWriter, type WriteValue } from '../text/json.ts'

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

  /**
   * Writes the rows: their own columns, `_node`, `_identity`, `_code`, `_message`, `_column`, and `_types`. `own`: the
   * rows as they entered; those of their columns that are called like one of these are kept in `_row`.
   */
  write = (rejected: Batch, own?: Batch): void => {
    this.#file ??= this.#disk.open(this.#path, 'new')
    const fields = rejected.schema.fields.filter(({ name }) => !afterwards.has(name))
    const hidden = (own?.schema.fields ?? []).filter(({ name }) => reserved.has(name))
    const entered = own?.schema.fields ?? fields.filter(({ name }) => !reserved.has(name))
    const kinds = entered.map(({ name, type }) => [name, typeName(type)] as const)
    const tail = Buffer.from(`,"_types":${objectText(kinds)}}\n`)
    const writeRow = writerOf(rejected, fields)
    const writeHidden = own && hidden.length ? writerOf(own, hidden) : null
    const lines = new TextBuffer()
    for (let row = 0; row < rejected.rows; row++) {
      writeRow(lines, row)
      // In place of the closing brace.
      lines.length--
      if (writeHidden) {
        lines.ascii(',"_row":')
        writeHidden(lines, row)
      }
      lines.copy(tail)
    }
    const bytes = lines.written
    this.#file.write(bytes, this.#bytes)
    this.#count += rejected.rows
    this.#bytes += bytes.length
  }

  /**
   * What was staged; null where nothing was rejected. It need not outlast a crash: then the split runs again, and what the
   * ledger counts was copied before.
   */
  finish(): StagedDeadLetters | null {
    if (this.#file === undefined) return null
    this.#file.close()
    this.#file = undefined
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

/** What a line has behind the columns of `rejects`. */
const afterwards = new Set(['_types', '_mend', '_row'])
const reserved = new Set([...afterwards, '_node', '_identity', '_code', '_message', '_column'])

const writerOf = (batch: Batch, fields: readonly Field[]): WriteValue =>
  objectWriter(
    fields.map(({ name }) => name),
    fields.map(({ name }) => batch.column(name)),
    { notFinite: 0, exact: true },
  )

/** An object with any keys, `__proto__` too. */
const objectText = (entries: readonly (readonly [key: string, value: string])[]): string =>
  `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`
