import { createHash } from 'node:crypto'
import { codeOf } from '../catalogue/own/code.ts'
import type { CheckedNode } from '../pipeline/check.ts'
import { edgeText, type Pipeline, type PipelineEdge } from '../pipeline/model.ts'
import type { RunRecord } from './runfolder.ts'

/** JSON with sorted keys: the same settings give the same text however they are written. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (value && typeof value === 'object') {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`
  }
  return JSON.stringify(value) ?? 'null'
}

export const digest = (value: unknown): string => createHash('sha256').update(canonical(value)).digest('hex')

/** One digest a node over its type and settings as written (secrets as their names), and its code where that is its own. */
export function nodeDigests(pipeline: Pipeline, nodes: Record<string, CheckedNode>): Record<string, string> {
  const codes = codesOf(nodes)
  return Object.fromEntries(
    Object.keys(nodes).map((id) => {
      const written = pipeline.nodes[id]
      const code = codes[id]
      return [id, digest({ type: nodes[id]?.type, config: written?.config ?? {}, ...(code && { code }) })]
    }),
  )
}

/** The digests of the code of the nodes whose files lie beside the pipeline. */
export function codesOf(nodes: Record<string, CheckedNode>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(nodes).flatMap(([id, { definition }]) => {
      const code = codeOf(definition)
      return code ? [[id, code.digest]] : []
    }),
  )
}

/** One digest of a whole pipeline: its nodes' digests and how they are connected. */
export const pipelineDigest = ({ digests, edges }: Pick<RunRecord, 'digests' | 'edges'>): string =>
  digest({ digests, edges })

export const edgeNames = (edges: readonly PipelineEdge[]): string[] => edges.map(edgeText).sort()
