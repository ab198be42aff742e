import { pathSettings } from '../../catalogue/pathsettings.ts'
import type { CheckedNode } from '../../pipeline/check.ts'
import { originsOf } from '../../pipeline/origins.ts'
import { HeadraceError } from '../../pipeline/problem.ts'
import type { SinkNode, SourceNode, TableNode } from '../../sdk/node.ts'

type Nodes = { readonly [id: string]: CheckedNode }

/** How a run over what is new reads each source that leads to a sink. */
export interface Sources {
  /** By their files: the new ones. */
  readonly byFile: readonly string[]
  /** Whole, beside the others: the right side of a join, and what its settings say. */
  readonly whole: readonly string[]
}

/** Sorts the sources of a pipeline; one without files has nothing by which it could be told what is new. */
export function sourcesOf(nodes: Nodes): Sources {
  const byFile: string[] = []
  const whole: string[] = []
  for (const node of Object.values(nodes).filter(({ definition }) => definition.kind === 'source')) {
    const way = wayToSink(nodes, node.id)
    if (way === 'none') continue
    if (way === 'beside' || node.everyRun) whole.push(node.id)
    else if (pathSettings(node.definition.config, node.config).length > 0) byFile.push(node.id)
    else throw withoutFiles(node.id)
  }
  return { byFile, whole }
}

const withoutFiles = (node: string): HeadraceError =>
  new HeadraceError('no-files-to-tell', `${node} has no files, so that --new cannot tell which of its rows are new`, {
    place: { node },
    hint: 'Set its everyRun to true where it only goes with other rows; else run without --new.',
  })

/** Whether a source's rows come to a sink by themselves, or only go along with others. */
function wayToSink(nodes: Nodes, source: string): 'alone' | 'beside' | 'none' {
  const seen = new Set<string>()
  let beside = false
  const reaches = (id: string): boolean => {
    if (seen.has(id)) return false
    seen.add(id)
    const node = nodes[id]
    if (!node) return false
    if (node.definition.kind === 'sink') return true
    return node.outputs.some(({ to }) => {
      const next = nodes[to.node]?.definition
      if (next?.kind !== 'table' || !(next as TableNode).beside?.includes(to.port)) return reaches(to.node)
      beside = true
      return false
    })
  }
  return reaches(source) ? 'alone' : beside ? 'beside' : 'none'
}

/** Nodes to which rows of these sources come. */
export function reachedFrom(nodes: Nodes, sources: readonly string[]): Set<string> {
  const found = new Set<string>()
  const go = (id: string) => {
    if (found.has(id)) return
    found.add(id)
    for (const { to } of nodes[id]?.outputs ?? []) go(to.node)
  }
  for (const id of sources) go(id)
  return found
}

/** Nodes that need all rows and see some only, with what that means for them. */
export const partialTables = (nodes: Nodes, sources: readonly string[]): [node: string, why: string][] =>
  [...reachedFrom(nodes, sources)].flatMap((id): [string, string][] => {
    const definition = nodes[id]?.definition
    const why = definition?.kind === 'table' ? (definition as TableNode).ofSome : undefined
    return why === undefined ? [] : [[id, why]]
  })

/** Sinks to which rows of a source come that stand twice when they are stored again. */
export const addingSinks = (nodes: Nodes, source: string): string[] =>
  [...reachedFrom(nodes, [source])].filter((id) => {
    const { definition, config } = nodes[id] as CheckedNode
    if (definition.kind !== 'sink' || config['ifExists'] === undefined) return false
    return !(definition as SinkNode).replaces?.(config as never)
  })

/** By sink that replaces documents: the sources whose files' paths stand in its column. */
export function documentSinks(nodes: Nodes): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const { id, definition, config } of Object.values(nodes)) {
    const replaces = definition.kind === 'sink' && (definition as SinkNode).replaces?.(config as never)
    if (!replaces || replaces === 'row') continue
    const sources = [...new Set(cameFrom(nodes, id, replaces.column))]
    if (sources.length) found.set(id, sources)
  }
  return found
}

/** The sources whose column of files' paths a column that enters a node is. */
function cameFrom(nodes: Nodes, id: string, column: string): string[] {
  return (nodes[id]?.inputs ?? []).flatMap(({ from, to }) => {
    const [, input, rest] = /^(.*?)\.(.*)$/s.exec(column) ?? []
    const named = to.port !== '' && input === to.port ? rest : column
    const node = nodes[from.node]
    if (!node || from.port === 'rejects' || named === undefined) return []
    if (node.definition.kind === 'source') return (node.definition as SourceNode).pathColumn === named ? [node.id] : []
    return (originsOf(node)[named] ?? []).flatMap((origin) => cameFrom(nodes, node.id, origin))
  })
}
