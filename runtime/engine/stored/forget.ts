import type { CheckedNode } from '../../pipeline/check.ts'
import type { SourceProbe } from '../../sdk/node.ts'
import type { Output } from '../progress.ts'
import type { Report } from '../report.ts'
import type { SkippedFile } from '../resume/skip.ts'
import type { RunRecord } from '../runfolder.ts'
import { documentSinks } from './sources.ts'

/** Documents whose rows of earlier runs a sink takes out at the end, by the paths of their files. */
export interface Forgotten {
  /** Files that this run read: where it has stored no row of one, none stays. */
  readonly again: readonly string[]
  /** Files that are gone. */
  readonly gone: readonly string[]
}

interface Question {
  readonly run: RunRecord
  readonly nodes: Record<string, CheckedNode>
  /** The nodes as the run has them: its sources with the files that it reads. */
  readonly planned: readonly { readonly id: string; readonly probe: unknown }[]
}

/** By sink what it takes out. A run that reads its first rows only, or rejected rows again, says nothing of files. */
export function forgottenBy({ run, nodes, planned }: Question): Map<string, Forgotten> {
  const found = new Map<string, Forgotten>()
  if (run.limit !== null || run.replayOf !== null) return found
  const probes = new Map(planned.map(({ id, probe }) => [id, probe as SourceProbe | null])) // a source's where it is one
  const read = (source: string) => probes.get(source)?.files.map(({ path }) => path) ?? []
  for (const [sink, sources] of documentSinks(nodes)) {
    const again = sources.flatMap((id) => (run.selection ? (run.selection.again[id] ?? []) : read(id)))
    found.set(sink, { again, gone: sources.flatMap((id) => run.selection?.gone[id] ?? []) })
  }
  return found
}

/** What the report says of the files of a run over some of them, and of those that it left out. */
export function filesReport(
  { selection }: RunRecord,
  outputs: Iterable<Output>,
  skippedFiles: readonly SkippedFile[],
): Partial<Report> {
  const filesSkipped = (selection?.counts.filesSkipped ?? 0) + skippedFiles.length
  const left = skippedFiles.length > 0 ? { filesSkipped, skippedFiles } : {}
  if (!selection) return left
  const { counts, rowsTwice, gone } = selection
  const prunedRows = [...outputs].reduce((sum, output) => sum + (output.prunedRows ?? 0), 0)
  return {
    ...counts,
    ...left,
    ...(rowsTwice > 0 && { rowsTwice }),
    ...(Object.keys(gone).length > 0 && { prunedRows }),
  }
}
