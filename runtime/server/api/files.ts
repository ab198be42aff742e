/** GET /api/files?path=&pipeline=ID: `path` as a setting would have it, or '' for where the pipeline lies. */
export interface FileList {
  readonly path: string
  /** Null at the top of what may be seen. */
  readonly parent: string | null
  readonly entries: readonly FileEntry[]
  /** Other places that may be seen (`--data`). */
  readonly roots: readonly { readonly name: string; readonly value: string }[]
}

export interface FileEntry {
  readonly name: string
  /** What a setting of the pipeline would say. */
  readonly value: string
  readonly kind: 'file' | 'folder'
  readonly size: number
  readonly modified: number
  /** Node type that reads it; `models/embed` for a folder with a text encoder. */
  readonly fits: string | null
}

/** POST /api/files?name=umsatz.csv&pipeline=ID, the file's bytes as the body. */
export interface Uploaded {
  readonly value: string
  readonly name: string
  readonly size: number
  readonly type: string
}
