import { dirname } from 'node:path'
import type { Disk, DiskFileNow, DiskNow } from '../disk/index.ts'
import type { StagedDeadLetters } from './deadletters.ts'

const chunkBytes = 1 << 20

/** The file of a run's rejected rows. The ledger says how much of it counts: what lies behind is cut off. */
export class LetterFile {
  readonly #path: string
  readonly #disk: DiskNow
  /** Its name is on disk. A try that failed may have made the file before. */
  #isNamed = false

  constructor(path: string, disk: Disk) {
    this.#path = path
    this.#disk = disk.now
  }

  /** Takes up a file with `bytes` that count: the others belong to splits that will run again. */
  begin(bytes: number): void {
    const here = this.#disk.at('letters.begin')
    if (!here.stat(this.#path)) return
    const file = here.open(this.#path, 'edit')
    try {
      file.truncate(bytes)
    } finally {
      file.close()
    }
    // Who made it may have been killed before its name was on disk.
    here.syncFolder(dirname(this.#path))
    this.#isNamed = true
  }

  /** Adds what lanes staged behind the first `bytes`, durably; where that fails it may be done again. */
  append(bytes: number, staged: readonly StagedDeadLetters[]): void {
    if (staged.length === 0) return
    const here = this.#disk.at('letters.append')
    const file = here.open(this.#path, 'keep')
    try {
      file.truncate(bytes)
      staged.reduce((at, { path }) => this.#copy(path, file, at), bytes)
      file.sync()
    } finally {
      file.close()
    }
    if (this.#isNamed) return
    here.syncFolder(dirname(this.#path))
    this.#isNamed = true
  }

  #copy(path: string, target: DiskFileNow, position: number): number {
    const source = this.#disk.open(path, 'read')
    try {
      const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, source.stat().size + 1))
      for (let at = 0; ; ) {
        const count = source.read(chunk, at)
        target.write(chunk.subarray(0, count), position + at)
        at += count
        if (count < chunk.length) return position + at
      }
    } finally {
      source.close()
    }
  }

  /** The ledger knows of them. */
  clear(staged: readonly StagedDeadLetters[]): void {
    for (const { path } of staged) this.#disk.at('letters.clear').remove(path)
  }
}
