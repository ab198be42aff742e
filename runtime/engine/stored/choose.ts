import { isAbsolute, join } from 'node:path'
import type { Checked } from '../../catalogue/check.ts'
import type { CheckedNode } from '../../pipeline/check.ts'
import { HeadraceError, type Problem } from '../../pipeline/problem.ts'
import type { SourceProbe } from '../../sdk/node.ts'
import { askedAgain } from './again.ts'
import { type Compared, compareFiles } from './compare.ts'
import type { Memory, StoredFile } from './memory.ts'
import { onlyFiles } from './probes.ts'
import type { FileCounts, Only, Selection } from './selection.ts'
import { documentSinks, sourcesOf } from './sources.ts'
import { warningsOf } from './warnings.ts'

/** What a run over some files takes. */
export interface Chosen {
  /** The pipeline's nodes, its sources with these files alone. */
  readonly nodes: Record<string, CheckedNode>
  readonly selection: Selection
  readonly warnings: readonly Problem[]
  /** Neither a file to read nor rows to take out. */
  readonly nothing: boolean
  /** Files that are the same under another time. */
  readonly touched: ReadonlyMap<string, readonly StoredFile[]>
}

/** One source's files: those that are taken, and what they are. */
interface Taken extends Compared {
  readonly source: string
  readonly found: number
  readonly known: ReadonlyMap<string, StoredFile>
  readonly paths: ReadonlySet<string>
}

/** Chooses the files of each source; refuses what would be wrong with them. */
export async function chooseFiles(
  checked: Checked,
  file: string,
  only: Only,
  memory: Memory,
  renamed: { readonly [source: string]: string },
): Promise<Chosen> {
  const { nodes, folder } = checked
  const { byFile, whole } = sourcesOf(nodes)
  const isAgain = askedAgain(only, memory, { folder, file, renamed })
  const absolute = (path: string) => (isAbsolute(path) ? path : join(folder, path))
  const taken: Taken[] = []
  for (const source of byFile) {
    const files = filesOf(nodes[source])
    const known = memory.files.get(renamed[source] ?? source) ?? new Map<string, StoredFile>()
    const compared = await compareFiles(files, known, absolute)
    const isNew = (path: string) => only.new && (compared.added.has(path) || compared.changed.has(path))
    const some = files.filter((one) => isNew(one.path) || isAgain(source, one))
    taken.push({ source, found: files.length, known, paths: new Set(some.map(({ path }) => path)), ...compared })
  }
  if (only.files !== undefined && !only.new && taken.every(({ paths }) => paths.size === 0))
    throw noneFits(only.files, nodes, byFile, only.since)
  const gone = only.pruneGone ? goneDocuments(nodes, taken) : {}
  const again = taken.map(({ source, known, paths }) => [source, [...paths].filter((path) => known.has(path))] as const)
  const chosen = withTaken(nodes, taken)
  const { warnings, rowsTwice } = warningsOf(chosen, taken, whole)
  const selection: Selection = {
    mode: only.new ? 'new' : 'again',
    since: only.since ?? null,
    files: only.files ?? null,
    counts: countsOf(taken),
    settles: only.new || only.accept === true,
    rowsTwice,
    whole,
    // Where files were found it is no mistake in the path that none of them is new.
    mayBeEmpty: [
      ...taken.filter(({ known, paths }) => known.size || !paths.size).map(({ source }) => source),
      ...whole,
    ],
    again: Object.fromEntries(again.filter(([, paths]) => paths.length)),
    renamed,
    gone,
  }
  const nothing = taken.every(({ paths }) => paths.size === 0) && Object.keys(gone).length === 0
  return {
    nodes: chosen,
    selection,
    warnings,
    nothing,
    touched: new Map(taken.map((one) => [one.source, one.touched])),
  }
}

const filesOf = (node: CheckedNode | undefined) => (node?.probe as unknown as SourceProbe | null)?.files ?? [] // a source's

function withTaken(nodes: Record<string, CheckedNode>, taken: readonly Taken[]): Record<string, CheckedNode> {
  const bySource = new Map(taken.map(({ source, paths }) => [source, paths]))
  return Object.fromEntries(
    Object.entries(nodes).map(([id, node]) => {
      const paths = bySource.get(id)
      return [id, paths ? onlyFiles(node, paths) : node]
    }),
  )
}

function countsOf(taken: readonly Taken[]): FileCounts {
  const sum = (count: (one: Taken) => number) => taken.reduce((total, one) => total + count(one), 0)
  const of = (paths: ReadonlySet<string>, some: ReadonlySet<string>) => [...paths].filter((one) => some.has(one)).length
  const filesNew = sum(({ paths, added }) => of(paths, added))
  const filesChanged = sum(({ paths, changed }) => of(paths, changed))
  return {
    filesNew,
    filesChanged,
    filesAgain: sum(({ paths }) => paths.size) - filesNew - filesChanged,
    filesSkipped: sum(({ found, paths }) => found - paths.size),
    filesGone: sum(({ gone }) => gone.length),
  }
}

/** By source the files that are gone and whose rows some sink can find. */
function goneDocuments(nodes: Record<string, CheckedNode>, taken: readonly Taken[]): Record<string, string[]> {
  const sources = new Set([...documentSinks(nodes).values()].flat())
  if (sources.size === 0)
    throw new HeadraceError('no-documents', '--prune-gone: no sink knows which of its rows came from which file', {
      hint: 'Set replaceBy of a LanceDB sink to the column that sources/files calls path.',
    })
  const found = taken.filter(({ source, gone }) => sources.has(source) && gone.length > 0)
  const empty = found.find((one) => one.found === 0)
  if (empty)
    throw new HeadraceError(
      'all-gone',
      `--prune-gone: all ${empty.gone.length} files of ${empty.source} that were stored are gone, and none is there`,
      {
        place: { node: empty.source },
        hint: 'Is their folder there (a disk that is not mounted)? Where all rows are to go, remove the table.',
      },
    )
  return Object.fromEntries(found.map(({ source, gone }) => [source, gone.map(({ path }) => path)]))
}

function noneFits(
  pattern: string,
  nodes: Record<string, CheckedNode>,
  sources: readonly string[],
  since: string | undefined,
): HeadraceError {
  const paths = sources.flatMap((id) => filesOf(nodes[id]).map(({ path }) => path))
  const which = since === undefined ? 'files' : `files, of those that were stored since ${since},`
  return new HeadraceError(
    'no-files',
    `--files "${pattern}": none of the ${paths.length} ${which} of ${sources.join(', ') || 'the sources'} matches`,
    {
      hint: paths.length
        ? `A pattern is a path from the pipeline's folder, or a file's name: ${paths.slice(0, 3).join(', ')}${paths.length > 3 ? ' …' : ''}`
        : 'No file is there at all.',
    },
  )
}
