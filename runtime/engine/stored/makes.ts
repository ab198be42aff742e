import { statSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { codeOf } from '../../catalogue/own/code.ts'
import { pathSettings } from '../../catalogue/pathsettings.ts'
import type { CheckedNode } from '../../pipeline/check.ts'
import { parsePipeline } from '../../pipeline/document.ts'
import { splitSettings } from '../../pipeline/everynode.ts'
import type { Pipeline } from '../../pipeline/model.ts'
import { applySet } from '../../pipeline/overrides.ts'
import { shapeOf } from '../../pipeline/shape.ts'
import type { Json } from '../../sdk/node.ts'
import { digest, edgeNames } from '../digest.ts'
import { fileVersion } from '../versions.ts'

/** What makes the rows of a run, as digests: of each node its settings, of each sink where it puts them. */
export interface Makes {
  readonly nodes: { readonly [node: string]: string }
  readonly edges: readonly string[]
  readonly sinks: { readonly [sink: string]: string }
}

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
  }
  return { nodes: made, edges: edgeNames(edges), sinks }
}

/** The pipeline as its file has it, with the overrides: parameters by their names. */
function asWritten(text: string, set: readonly string[]): Pipeline | null {
  const { pipeline } = parsePipeline(text)
  return pipeline && set.reduce((before, one) => applySet(before, one).pipeline, pipeline)
}

type Config = Readonly<Record<string, unknown>>

/** A node's settings but for those that say which files a source reads. */
function rowsOf({ definition }: CheckedNode, config: Config): Config {
  if (definition.kind !== 'source') return config
  const { properties = {} } = shapeOf(definition.config)
  const isPlace = (name: string) => {
    const { format, anyOf = [] } = shapeOf(properties[name])
    return [format, ...anyOf.map((one) => shapeOf(one).format)].some((one) => one === 'path' || one === 'folder')
  }
  return Object.fromEntries(Object.entries(config).filter(([name]) => !isPlace(name)))
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
  const changed = ids.filter((id) => before.nodes[id] && now.nodes[id] && before.nodes[id] !== now.nodes[id])
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

const missingIn = (some: readonly string[], all: readonly string[]) => all.filter((one) => !some.includes(one))

/** Sinks that put rows elsewhere than before. */
export const movedSinks = (before: Makes, now: Makes): string[] =>
  Object.keys(now.sinks).filter((id) => before.sinks[id] && before.sinks[id] !== now.sinks[id])
