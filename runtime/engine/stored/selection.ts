/** Which files a run was asked for. */
export interface Only {
  /** Those that no completed run has stored. */
  readonly new: boolean
  /** Those again that this run or a later one stored. */
  readonly since?: string
  /** Those again that match. */
  readonly files?: string
  /** The pipeline has changed, and its new rows are to stand beside the old ones. */
  readonly accept?: boolean
  /** Take rows of files that are gone out of the sinks. */
  readonly pruneGone?: boolean
  /** Where patterns of files start, besides the pipeline's folder. */
  readonly from?: string
}

/** How many files a run took, and why; the report has these at its top. */
export interface FileCounts {
  readonly filesNew: number
  readonly filesChanged: number
  /** Done again because that was asked for. */
  readonly filesAgain: number
  readonly filesSkipped: number
  /** Stored by earlier runs, and not there any more. */
  readonly filesGone: number
}

/** What a run over some files was, as its folder keeps it. */
export interface Selection {
  readonly mode: 'new' | 'again'
  readonly since: string | null
  readonly files: string | null
  readonly counts: FileCounts
  /** Later runs compare the pipeline with this one's. */
  readonly settles: boolean
  /** Rows of earlier runs that may stand beside the same rows of this one. */
  readonly rowsTwice: number
  /** Sources that were read whole beside the others. */
  readonly whole: readonly string[]
  /** Sources that may be without rows. */
  readonly mayBeEmpty: readonly string[]
  /** Sources that had another id in the run before, by the new one. */
  readonly renamed: { readonly [source: string]: string }
  /** By source: files that were stored before and are done again. */
  readonly again: { readonly [source: string]: readonly string[] }
  /** By source: files whose rows are taken out. */
  readonly gone: { readonly [source: string]: readonly string[] }
}
