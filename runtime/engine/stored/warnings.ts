import type { CheckedNode } from '../../pipeline/check.ts'
import { inputName } from '../../pipeline/graph.ts'
import type { Problem } from '../../pipeline/problem.ts'
import type { TableNode } from '../../sdk/node.ts'
import type { StoredFile } from './memory.ts'
import { addingSinks, partialTables } from './sources.ts'

interface Taken {
  readonly source: string
  readonly known: ReadonlyMap<string, StoredFile>
  readonly paths: ReadonlySet<string>
}

/** What to know of a run over some files before it starts: rows that may stand twice, nodes that see some rows only. */
export function warningsOf(
  nodes: Record<string, CheckedNode>,
  taken: readonly Taken[],
  whole: readonly string[],
): { readonly warnings: readonly Problem[]; readonly rowsTwice: number } {
  const some = taken.filter(({ known, paths }) => known.size > 0 && paths.size > 0).map(({ source }) => source)
  const tables = partialTables(nodes, some).map(([node, why]) =>
    warning('some-rows', node, `${node} gets the rows of the files of this run alone: ${why}.`),
  )
  const twice = taken.map((one) => twiceOf(nodes, one)).filter((one) => one !== null)
  return {
    warnings: [...tables, ...halfJoins(nodes, some, whole), ...twice.map(({ problem }) => problem)],
    rowsTwice: twice.reduce((sum, { rows }) => sum + rows, 0),
  }
}

const warning = (code: string, node: string, message: string, hint?: string): Problem => ({
  severity: 'warning',
  code,
  message,
  ...(hint && { hint }),
  place: { node },
})

/** A side of a join that should be whole and is not: its source leads to a sink by another way, too. */
function halfJoins(nodes: Record<string, CheckedNode>, some: readonly string[], whole: readonly string[]): Problem[] {
  return Object.values(nodes).flatMap(({ id, definition, inputs }) => {
    const beside = definition.kind === 'table' ? ((definition as TableNode).beside ?? []) : []
    const half = inputs.filter(({ to }) => beside.includes(inputName(to.port, null)))
    const sources = half
      .flatMap(({ from }) => upstream(nodes, from.node))
      .filter((one) => some.includes(one) && !whole.includes(one))
    if (sources.length === 0) return []
    const message = `${id} gets by its ${beside.join(', ')} side only the new rows of ${[...new Set(sources)].join(', ')}.`
    return [warning('some-rows', id, message, 'Read the files there with a source of its own: it is then read whole.')]
  })
}

function upstream(nodes: Record<string, CheckedNode>, id: string): string[] {
  const node = nodes[id]
  if (!node) return []
  return node.definition.kind === 'source' ? [id] : node.inputs.flatMap(({ from }) => upstream(nodes, from.node))
}

const shown = 5

function twiceOf(
  nodes: Record<string, CheckedNode>,
  { source, known, paths }: Taken,
): { readonly problem: Problem; readonly rows: number } | null {
  const again = [...paths].flatMap((path) => known.get(path) ?? [])
  const sinks = again.length > 0 ? addingSinks(nodes, source) : []
  if (sinks.length === 0) return null
  const rows = again.reduce((sum, file) => sum + (file.rows ?? 0), 0)
  const names = again.slice(0, shown).map(({ path }) => path)
  const more = again.length > shown ? ` and ${again.length - shown} more` : ''
  const count = again.every((file) => file.rows !== null) ? `the ${rows === 1 ? 'row' : `${rows} rows`}` : 'the rows'
  const message = `${names.join(', ')}${more} ${again.length === 1 ? 'is' : 'are'} done again: ${count} that earlier runs read there may stand twice in ${sinks.join(', ')}.`
  const hint =
    'A LanceDB sink with replaceBy (or key) puts the new rows in the place of the old ones; or run all files with ifExists "replace".'
  return { problem: warning('rows-twice', source, message, hint), rows }
}
