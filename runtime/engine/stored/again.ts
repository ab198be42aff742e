import { basename, isAbsolute, join, matchesGlob, resolve } from 'node:path'
import { HeadraceError } from '../../pipeline/problem.ts'
import type { SourceFile } from '../../sdk/node.ts'
import type { Memory } from './memory.ts'
import type { Only } from './selection.ts'

/** Tells which files are to be done again, whether they are stored or not. */
export function askedAgain(
  { since, files, from }: Only,
  memory: Memory,
  pipeline: { readonly folder: string; readonly file: string; readonly renamed: { readonly [source: string]: string } },
): (source: string, file: SourceFile) => boolean {
  if (since === undefined && files === undefined) return () => false
  const fits = files === undefined ? () => true : matcher(files, pipeline.folder, from)
  if (since === undefined) return (_source, { path }) => fits(path)
  const place = memory.runs.indexOf(basename(since))
  if (place < 0) throw unknownRun(since, pipeline.file)
  const later = new Set(memory.runs.slice(place))
  return (source, { path }) =>
    fits(path) && later.has(memory.files.get(pipeline.renamed[source] ?? source)?.get(path)?.run ?? '')
}

const unknownRun = (run: string, file: string): HeadraceError =>
  new HeadraceError('no-run', `--since ${run}: no such run of this pipeline has ended`, {
    hint: `headrace runs ${file} lists its runs. Name one by its id.`,
  })

/** A pattern starts at the pipeline's folder or at the current one; without a folder in it, it is a file's name. */
function matcher(pattern: string, folder: string, from = folder): (path: string) => boolean {
  const patterns = isAbsolute(pattern) ? [pattern] : [join(folder, pattern), resolve(from, pattern)]
  const isName = !/[\\/]/.test(pattern)
  return (path) => {
    const whole = isAbsolute(path) ? path : join(folder, path)
    // A name is taken as it stands before it is taken as a pattern.
    const fits = patterns.some((one) => one === whole || matchesGlob(whole, one))
    return fits || (isName && (basename(whole) === pattern || matchesGlob(basename(whole), pattern)))
  }
}
