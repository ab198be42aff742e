import { crc32 } from 'node:zlib'
import { type Chunk, chunkOf, type Group, type PageColumn } from './chunks.ts'
import { type Dictionary, readDictionary } from './dictionary.ts'
import { type PageHeader, readPageHeader } from './header.ts'
import { notOurs } from './notours.ts'
import { type Page, readPage } from './page.ts'
import type { Rooms } from './rooms.ts'
import { weightOf } from './weight.ts'
import { Window } from './window.ts'

const mostPageBytes = 64 << 20
const mostHeaderBytes = 64 << 10

/** An open file and what all columns of it share. */
export interface OpenFile {
  readonly descriptor: number
  /** Where its pages end. */
  readonly limit: number
  readonly rooms: Rooms
  /** Bytes that a column reads at once. */
  readonly step: number
}

/** Some rows of a page, counted from its first one, half open. */
export interface Slice {
  readonly page: Page
  readonly from: number
  readonly to: number
}

/** Reads a column's pages one after the other and keeps those that are still looked at. */
export class Cursor {
  readonly column: PageColumn
  readonly #file: OpenFile
  readonly #start: number
  readonly #end: number
  readonly #groups: readonly Group[]
  #group = -1
  #chunk: Chunk | null = null
  #window: Window | null = null
  #dictionary: Dictionary | null = null
  /** The first row, of the file, behind the pages read so far. */
  #next = 0
  /** The first row that may go on in the next page, as a list's may. */
  #ready = 0
  /** Values of the row group that were read. */
  #values = 0
  #pages: Page[] = []

  /** For rows `start` to `end` of the file, which lie in `groups`. */
  constructor(file: OpenFile, column: PageColumn, groups: readonly Group[], start: number, end: number) {
    this.column = column
    this.#file = file
    this.#groups = groups
    this.#start = start
    this.#end = end
  }

  /** Reads pages until rows `start` to `end` or `bytes` of them are there; returns the row up to which they are. */
  load(start: number, end: number, bytes: number): number {
    while (this.#ready < end && (this.#ready <= start || this.weight(start, this.#ready) < bytes)) this.#read()
    return Math.min(end, this.#ready)
  }

  /** Bytes that rows take, of which all pages are there. */
  weight(start: number, end: number): number {
    return this.slices(start, end).reduce((sum, slice) => sum + weightOf(slice, this.column.shape), 0)
  }

  /** The pages of rows, which are all there. */
  slices(start: number, end: number): Slice[] {
    const found: Slice[] = []
    for (const page of this.#pages) {
      const from = Math.max(0, start - page.first)
      const to = Math.min(page.rows, end - page.first)
      if (from < to) found.push({ page, from, to })
    }
    return found
  }

  /** Forgets pages of rows before `row`. */
  drop(row: number): void {
    while (this.#pages[0] && this.#pages[0].first + this.#pages[0].rows <= row) {
      this.#file.rooms.leave((this.#pages.shift() as Page).rooms)
    }
  }

  /** Gives all memory back. */
  close(): void {
    this.drop(Number.POSITIVE_INFINITY)
    this.#window?.close()
    this.#window = null
  }

  #read(): void {
    const group = this.#groups[this.#group]
    if (!group || (this.#next === group.first + group.rows && this.#values === this.#chunk?.values)) {
      this.#open()
      return
    }
    const window = this.#window as Window
    const header = readPageHeader(window.peek(mostHeaderBytes))
    window.skip(header.headerBytes)
    if (header.pageBytes > mostPageBytes || header.packedBytes > mostPageBytes) notOurs('a page that is too large')
    if (header.kind === 'dictionary') this.#readDictionary(header, window, group)
    else this.#readData(header, window, group)
  }

  /** Begins the next row group. */
  #open(): void {
    const { descriptor, limit, step, rooms } = this.#file
    const group = this.#groups[++this.#group] ?? notOurs('fewer rows than it says')
    this.#chunk = chunkOf(group, this.column, limit)
    this.#window?.close()
    this.#window = new Window(descriptor, this.#chunk.start, this.#chunk.end, step, rooms)
    this.#dictionary = null
    this.#next = this.#ready = group.first
    this.#values = 0
  }

  #readDictionary(header: PageHeader, window: Window, group: Group): void {
    if (this.#dictionary || this.#next > group.first) notOurs('a dictionary that does not come first')
    const room = this.#unpack(header, window.take(header.packedBytes))
    this.#dictionary = readDictionary(header, room, this.column, (this.#chunk as Chunk).nullable)
    this.#file.rooms.leave([room])
  }

  #readData(header: PageHeader, window: Window, group: Group): void {
    if (header.values === 0) notOurs('a page without values')
    this.#values += header.values
    const wanted = { first: this.#next, start: this.#start, end: this.#end }
    if (!this.column.list && this.#next + header.values <= this.#start) {
      window.skip(header.packedBytes)
      this.#next += header.values
    } else {
      const room = this.#unpack(header, window.take(header.packedBytes))
      const page = readPage(header, room, this.column, this.#dictionary, wanted, this.#file.rooms)
      this.#pages.push(page)
      this.#next += this.column.list ? page.rows : header.values
    }
    const { values } = this.#chunk as Chunk
    if (this.#next > group.first + group.rows || this.#values > values) notOurs('more rows than it says')
    this.#ready = this.column.list && this.#values < values ? this.#next - 1 : this.#next
    this.drop(this.#start)
  }

  #unpack(header: PageHeader, bytes: Uint8Array): ArrayBuffer {
    if (header.crc !== null && crc32(bytes) !== header.crc >>> 0) notOurs('a page whose checksum is another')
    const { levelBytes, pageBytes, packed } = header
    const room = this.#file.rooms.take(pageBytes)
    if (levelBytes > Math.min(bytes.length, pageBytes)) notOurs('levels go over the end')
    const target = new Uint8Array(room, 0, pageBytes)
    target.set(bytes.subarray(0, levelBytes))
    const [from, to] = [bytes.subarray(levelBytes), target.subarray(levelBytes)]
    if (packed && !(from.length === 0 && to.length === 0)) (this.#chunk as Chunk).unpack(from, to)
    else if (from.length === to.length) to.set(from)
    else notOurs('it has another length than it says')
    return room
  }
}
