import { statSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { codeOf } from '../../catalogue/own/code.ts'
import { pathSettings } from '../../catalogue/pathsettings.ts'
import { pinOf } from '../../drift/pin.ts'
import type { CheckedNode } from '../../pipeline/check.ts'
import { parsePipeline } from '../../pipeline/document.ts'
import { splitSettings } from '../../pipeline/everynode.ts'
import type { Pipeline } from '../../pipeline/model.ts'
import { applySet } from '../../pipeline/overrides.ts'
import { shapeOf } from '../../pipeline/shape.ts'
import { type Field, typeName } from '../../pipeline/types.ts'
import type { Json } from '../../sdk/node.ts'
import { digest, edgeNames } from '../digest.ts'
import { fileVersion } from '../versions.ts'

/** What makes the rows of a run, as digests: of each node its settings, of each sink where it puts them. */
export interface Makes {
  readonly nodes: { readonly [node: string]: string }
  readonly edges: readonly string[]
  readonly sinks: { readonly [sink: string]: string }
  /** By source the columns that it gave, and those that are pinned: a pin of the very columns changes no row. */
  readonly columns: { readonly [source: string]: Columns }
  readonly pins: { readonly [source: string]: Columns }
}

type Columns = { readonly [column: string]: string }

interface Question {
  readonly text: string
  readonly folder: string
  readonly nodes: Record<string, CheckedNode>
  readonly edges: Parameters<typeof edgeNames>[0]
}

/**
 * What makes the rows of a pipeline. A parameter counts by its name, not its value; which files a source reads is known
 * by the files; what a node does with rows that fail changes none of the others. `prints`: the models' fingerprints.
 */
export async function makesOf(
  { text, folder, nodes, edges }: Question,
  set: readonly string[],
  prints: { readonly [node: string]: Json },
): Promise<Makes> {
  const written = asWritten(text, set)
  const made: Record<string, string> = {}
  const sinks: Record<string, string> = {}
  const columns: Record<string, Columns> = {}
  const pins: Record<string, Columns> = {}
  for (const node of Object.values(nodes)) {
    const config = splitSettings(node.definition, written?.nodes[node.id]?.config ?? {}).own
    const { id, type } = node
    if (node.definition.kind === 'sink') sinks[id] = digest({ type, place: placeOf(config) })
    else {
      const print = prints[id] ?? (await tokenizerPrint(node, folder))
      // A node of one's own is another where its file is.
      const code = codeOf(node.definition)?.digest
      made[id] = digest({ type, config: rowsOf(node, config), print, ...(code && { code }) })
    }
    if (node.definition.kind !== 'source') continue
    if (node.output) columns[id] = asColumns(node.output.fields)
    const { pin } = pinOf(config)
    if (pin) pins[id] = asColumns(pin.columns)
  }
  return { nodes: made, edges: edgeNames(edges), sinks, columns, pins }
}

const asColumns = (fields: readonly Field[]): Columns =>
  Object.fromEntries(fields.map(({ name, type }) => [name, typeName(type)]))

/** The pipeline as its file has it, with the overrides: parameters by their names. */
function asWritten(text: string, set: readonly string[]): Pipeline | null {
  const { pipeline } = parsePipeline(text)
  return pipeline && set.reduce((before, one) => applySet(before, one).pipeline, pipeline)
}

type Config = Readonly<Record<string, unknown>>

/** A node's settings but for those that say which files a source reads, and what its columns are. */
function rowsOf({ definition }: CheckedNode, config: Config): Config {
  if (definition.kind !== 'source') return config
  const { properties = {} } = shapeOf(definition.config)
  const isPlace = (name: string) => {
    const { format, anyOf = [] } = shapeOf(properties[name])
    return [format, ...anyOf.map((one) => shapeOf(one).format)].some((one) => one === 'path' || one === 'folder')
  }
  const { pin: _pin, onDrift: _drift, ...own } = config
  return Object.fromEntries(Object.entries(own).filter(([name]) => !isPlace(name)))
}

/** The content of the tokenizers that a node counts with; null for a node without one. */
async function tokenizerPrint({ definition, config }: CheckedNode, folder: string): Promise<Json> {
  const { properties = {} } = shapeOf(definition.config)
  const paths = pathSettings(definition.config, config).filter(
    ({ setting }) => shapeOf(properties[setting]).format === 'tokenizer',
  )
  const found: string[] = []
  for (const { path } of paths) {
    const whole = isAbsolute(path) ? path : join(folder, path)
    const file = statSync(whole, { throwIfNoEntry: false })?.isDirectory() ? join(whole, 'tokenizer.json') : whole
    found.push((await fileVersion(path, file)).hash)
  }
  return found.length ? found : null
}

const placeOf = ({ ifExists: _how, index: _index, ...place }: Config): Config => place

/** What is different in what makes rows, in words; none where it is the same. */
export function changesBetween(before: Makes, now: Makes): string[] {
  const ids = [...new Set([...Object.keys(before.nodes), ...Object.keys(now.nodes)])]
  const changed = ids.filter(
    (id) => before.nodes[id] && now.nodes[id] && (before.nodes[id] !== now.nodes[id] || pinChanges(id, before, now)),
  )
  const added = ids.filter((id) => !before.nodes[id])
  const gone = ids.filter((id) => !now.nodes[id])
  const [more, fewer] = [missingIn(before.edges, now.edges), missingIn(now.edges, before.edges)]
  return [
    ...(changed.length ? [`${changed.join(', ')} changed`] : []),
    ...(added.length ? [`${added.join(', ')} came in`] : []),
    ...(gone.length ? [`${gone.join(', ')} went out`] : []),
    ...(more.length ? [`now connected: ${more.join(', ')}`] : []),
    ...(fewer.length ? [`no longer connected: ${fewer.join(', ')}`] : []),
  ]
}

/** Whether the pinned columns of a source are others than it gave before. */
function pinChanges(source: string, before: Makes, now: Makes): boolean {
  const pin = now.pins[source]
  const was = before.columns[source] ?? before.pins[source]
  return pin !== undefined && was !== undefined && digest(pin) !== digest(was)
}

const missingIn = (some: readonly string[], all: readonly string[]) => all.filter((one) => !some.includes(one))

/** Sinks that put rows elsewhere than before. */
export const movedSinks = (before: Makes, now: Makes): string[] =>
  Object.keys(now.sinks).filter((id) => before.sinks[id] && before.sinks[id] !== now.sinks[id])

/** Sources that find other columns in their files than before, with what differs. */
export function otherColumns(before: Makes, now: Makes): [source: string, differences: string][] {
  return Object.entries(now.columns).flatMap(([id, columns]): [string, string][] => {
    const was = before.columns[id]
    if (!was || now.pins[id]) return []
    const differences = [...new Set([...Object.keys(was), ...Object.keys(columns)])]
      .filter((name) => was[name] !== columns[name])
      .map((name) => `${name} was ${was[name] ?? 'not there'} and is ${columns[name] ?? 'gone'}`)
    return differences.length ? [[id, differences.join('; ')]] : []
  })
}
