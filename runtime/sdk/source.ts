import type { Static } from 'typebox'
import type { Batch, Checksum, Coded, Column } from '../memory/index.ts'
import type { Schema } from '../pipeline/schema.ts'
import type { ColumnType, Field } from '../pipeline/types.ts'
import type { Json, NodeInfo, ProbeContext, RunContext, Settings } from './info.ts'

/** A file as it was when the run was planned; a run refuses another version of it. */
export interface SourceFile {
  /** Relative to the pipeline's folder where it lies below it, else absolute. */
  readonly path: string
  readonly size: number
  /** Milliseconds since 1970. */
  readonly modified: number
}

/** What a source's probe found. Plain JSON, so that it can be cached and sent to workers. */
export interface SourceProbe {
  readonly columns: readonly Field[]
  readonly files: readonly SourceFile[]
  /** What was detected, in words for people: `{ delimiter: ';', encoding: 'windows-1252' }`. */
  readonly detected?: { readonly [what: string]: string }
  /** Columns, among `columns`, whose values stand in the names of folders. */
  readonly partitions?: readonly Field[]
  /** Rows, where the format knows them. */
  readonly rows?: number
  /** Whatever the source wants to find again in `splits` and `read`. */
  readonly data?: Json
  /** What in the files is not as pinned, and was borne. */
  readonly drift?: readonly Drift[]
}

/** A column of a file that is not as pinned. */
export interface Drift {
  /** '' where the source has no files. */
  readonly file: string
  readonly column: string
  readonly what: 'missing' | 'new' | 'type' | 'widened'
  readonly expected: string
  readonly found: string
}

/** The columns that one file has, by its own header. */
export interface Header {
  /** As in `SourceFile`. */
  readonly path: string
  /** The type is null where the format leaves it to the reader. */
  readonly columns: readonly { readonly name: string; readonly type: ColumnType | null }[]
}

/** A re-readable piece of a source: at most about 64 MB or 100,000 rows. Small files share a split. */
export interface Split {
  readonly parts: readonly SplitPart[]
  /** Source rows, where they are known (CSV and NDJSON count while they look for borders). */
  readonly rows?: number
  readonly bytes: number
  /** Which rows: the checksum of their identities (`Identity.checksum`), where it is known; of a source it follows from its parts. */
  readonly sum?: Checksum
}

/** A range of one file. */
export interface SplitPart {
  /** The file's `path` as in `SourceProbe.files`. */
  readonly path: string
  /** Bytes, row groups or rows, as the source understands them; half open. */
  readonly start: number
  readonly end: number
  /** The number in its file of the range's first row, from 1. */
  readonly firstRow: number
  /** Its rows, where they were counted. */
  readonly rows?: number
  readonly data?: Json
}

/** A piece of raw input that is no row: it goes to `rejects` with its place. */
export interface SourceReject {
  readonly path: string
  /** The row's number in its file, from 1, a header not counted: a rejected record takes a number too. */
  readonly row: number
  readonly line?: number
  readonly byte?: number
  readonly raw: string
  readonly code: string
  readonly message: string
  readonly column?: string
}

export interface SourceContext<C> extends RunContext<C> {
  readonly split: Split
  readonly probe: SourceProbe
  readonly schema: Schema
  /** Columns that somebody downstream reads. Undefined: all. */
  readonly wanted?: ReadonlySet<string>
  /**
   * A batch of this source: `rows` follow one another from row number `first` of the file, or have `numbers`. The
   * columns are those of `schema`; in place of one that is not wanted null is enough.
   */
  readonly batch: (
    path: string,
    first: number | Float64Array,
    rows: number,
    columns: readonly (Column | Coded | null)[],
  ) => Batch
  readonly reject: (reject: SourceReject) => void
  /** A row's most bytes; a larger one is a reject that keeps its first 64 KB. */
  readonly maxRowBytes: number
}

/** Raw input that was rejected, mended or not, with its place. */
export interface RawRow {
  readonly path: string
  /** The row's number in its file. */
  readonly row: number
  readonly line: number | null
  readonly byte: number | null
  readonly raw: string
  /** Somebody has changed `raw` since. */
  readonly mended: boolean
}

/** How raw input is read again: as a UTF-8 text of its own, with what a part must know, or as a part of its file. */
export type Rejoined = { readonly text: string; readonly data: Json } | { readonly part: SplitPart }

export interface SourceNode<C extends Settings = Settings> extends NodeInfo<C> {
  readonly kind: 'source'
  /** Finds files, versions and columns. Reports a problem instead of throwing where a setting is wrong. */
  readonly probe: (context: ProbeContext<Static<C>>) => Promise<SourceProbe>
  /**
   * The header of every file, in their order, without a problem for what cannot be read: for a source whose columns are
   * pinned. Undefined or null: what `probe` finds holds for all files.
   */
  readonly headers?: (context: ProbeContext<Static<C>>) => Promise<readonly Header[] | null>
  /** The column, if there is one, in which a row has the `path` of its file. */
  readonly pathColumn?: string
  /**
   * The columns that `read` may leave out where they are not `wanted`: no row is rejected for what stands in them.
   * Undefined: none, and `read` is not told what is wanted. Pure.
   */
  readonly mayLeaveOut?: (context: { config: Static<C>; probe: SourceProbe }) => readonly string[]
  /** Cuts the files of `probe.files`, which may be fewer than the probe found, into splits, in source order. */
  readonly splits: (context: {
    config: Static<C>
    probe: SourceProbe
    resolve: (path: string) => string
    signal: AbortSignal
    /** A split's most rows and bytes; default 100,000 and 64 MB. Fewer rows where a model is on the way. */
    target?: { readonly rows: number; readonly bytes: number }
  }) => Promise<readonly Split[]>
  /**
   * One split over everything, made without looking into the files: a preview reads its first rows and stops. For
   * formats whose `splits` read the files to count rows; undefined: the first of the splits are taken.
   */
  readonly whole?: (context: {
    config: Static<C>
    probe: SourceProbe
    resolve: (path: string) => string
  }) => Promise<Split>
  /** Says how rejected rows are read again, one by one: for `headrace replay`. Undefined: they cannot be. */
  readonly rejoin?: (context: {
    config: Static<C>
    probe: SourceProbe
    resolve: (path: string) => string
    rows: readonly RawRow[]
  }) => Promise<readonly Rejoined[]>
  readonly read: (context: SourceContext<Static<C>>) => AsyncIterable<Batch>
}
