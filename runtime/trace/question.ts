import { basename, isAbsolute, relative } from 'node:path'
import { HeadraceError, nearest } from '../pipeline/problem.ts'
import type { TracedRun } from './openrun.ts'

/** A row of a source that is wanted, and of its pieces and ways those that are; all where nothing is said of them. */
export interface Wanted {
  readonly source: string
  readonly path: string
  readonly row: number
  readonly children: readonly number[]
  readonly branch: string
}

export type Asked =
  | { readonly kind: 'rows'; readonly wanted: readonly Wanted[] }
  | { readonly kind: 'value'; readonly column: string; readonly text: string; readonly sources: readonly string[] }
  /** A row that a node made of others: an aggregate's group, a query's row. */
  | { readonly kind: 'made'; readonly node: string; readonly name: string; readonly row: number }

/** Reads `data.csv:1234`, `orders:data.csv:1234.0@x`, `id=42`; throws where nothing in the run is meant by it. */
export function readQuestion(text: string, run: TracedRun): Asked {
  const places = placesOf(run)
  const parts = /^(.*?):?(\d+)((?:\.\d+)*)(?:@(.*))?$/s.exec(text)
  const head = parts?.[1] ?? ''
  // Without a colon `2024` may be a row's number, but `data2024` is not one.
  const isRow = parts !== null && (head === '' || text[head.length] === ':')
  if (isRow) {
    const about = {
      row: Number(parts[2]),
      children: (parts[3] ?? '').split('.').slice(1).map(Number),
      branch: parts[4] ?? '',
    }
    const found = meant(head, places, run)
    if (found.length) return { kind: 'rows', wanted: found.map((place) => ({ ...place, ...about })) }
    const made = madeBy(head, run)
    if (made) return { kind: 'made', ...made, row: about.row }
  }
  const value = /^([^=]+)=(.*)$/s.exec(text)
  if (value) return byValue(value[1] as string, value[2] as string, run)
  if (isRow && head) throw noSuchFile(head, places)
  throw new HeadraceError('bad-row', `"${text}" names no row`, {
    hint: 'Write data.csv:1234 (a row number, a header not counted), id=42, or an identity such as orders:data.csv:1234.',
  })
}

interface Place {
  readonly source: string
  readonly path: string
}

/** The files that each source of the run read. */
function placesOf({ splits }: TracedRun): Place[] {
  const seen = new Map<string, Place>()
  for (const { source, split } of splits)
    for (const { path } of split.parts) seen.set(`${source}\n${path}`, { source, path })
  return [...seen.values()]
}

/** The places that a text stands for: the exact ones, else those of a file's name. */
function meant(head: string, places: readonly Place[], { checked }: TracedRun): Place[] {
  const absolute = isAbsolute(head) ? relative(checked.folder, head) : head.replace(/^\.\//, '')
  const ways: ((place: Place) => boolean)[] = [
    ({ source, path }) => head === `${source}:${path}`,
    ({ path }) => path !== '' && (path === head || path === absolute),
    ({ source }) => source === head && places.filter((one) => one.source === source).length === 1,
    ({ source, path }) => head === `${source}:${basename(path)}`,
    ({ path }) => path !== '' && basename(path) === head,
    () => head === '' && new Set(places.map(({ path }) => path)).size === 1,
  ]
  const found = ways.map((fits) => places.filter(fits)).find((some) => some.length > 0) ?? []
  const paths = new Set(found.map(({ path }) => path))
  if (paths.size <= 1) return found
  throw new HeadraceError('several-files', `${paths.size} files of the run are called "${head}"`, {
    hint: `Name one of them: ${some([...paths])}.`,
  })
}

/** A node that makes rows of its own: their identities name it. */
function madeBy(head: string, { checked }: TracedRun): { node: string; name: string } | null {
  const [, node = '', name = ''] = /^([a-z][a-z0-9_-]*)(?::(.*))?$/s.exec(head) ?? []
  return checked.nodes[node]?.definition.kind === 'table' ? { node, name } : null
}

function byValue(head: string, text: string, { checked, plan }: TracedRun): Asked {
  const sources = plan.flow.nodes.filter(({ kind }) => kind === 'source')
  const at = head.indexOf(':')
  const only = sources.find(({ id }) => at > 0 && id === head.slice(0, at))
  const column = only ? head.slice(at + 1) : head
  const having = (only ? [only] : sources).filter(({ output }) => output?.some(({ name }) => name === column))
  if (having.length) return { kind: 'value', column, text, sources: having.map(({ id }) => id) }
  const maker = checked.order.find((id) => checked.nodes[id]?.output?.field(column))
  const columns = [...new Set(sources.flatMap(({ output }) => output?.map(({ name }) => name) ?? []))]
  if (maker)
    throw new HeadraceError('later-column', `no source has the column "${column}": ${maker} makes it`, {
      hint: `Name a column of a source (${some(columns)}), or a row. Of stored rows: run with --lineage, and trace what stands in _identity.`,
    })
  const near = nearest(column, columns)
  throw new HeadraceError('unknown-column', `no source of the run has a column "${column}"`, {
    hint: `${near ? `Did you mean "${near}"? ` : ''}There are ${some(columns)}.`,
  })
}

function noSuchFile(head: string, places: readonly Place[]): HeadraceError {
  const paths = [...new Set(places.map(({ path }) => path))].filter(Boolean)
  const near = nearest(head, paths)
  const hint = near ? `Did you mean ${near}?` : `It read ${paths.length ? some(paths) : 'no files'}.`
  return new HeadraceError('no-such-file', `the run read no file "${head}"`, { hint })
}

const some = (texts: readonly string[]): string =>
  texts.slice(0, 8).join(', ') + (texts.length > 8 ? ` and ${texts.length - 8} more` : '')
