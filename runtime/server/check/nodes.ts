import type { Checked, CheckedNode } from '../../pipeline/check.ts'
import { type InputNames, inputName } from '../../pipeline/graph.ts'
import type { Pipeline } from '../../pipeline/model.ts'
import { originsOf } from '../../pipeline/origins.ts'
import type { Json, SourceProbe } from '../../sdk/node.ts'
import type { NodeView } from '../api/pipelines.ts'
import { columnViews } from './columns.ts'

/** Every node of the file as its card and the inspector show it. */
export function nodeViews(pipeline: Pipeline, checked: Checked): Record<string, NodeView> {
  return Object.fromEntries(Object.keys(pipeline.nodes).map((id) => [id, viewOf(id, pipeline, checked)]))
}

function viewOf(id: string, pipeline: Pipeline, { nodes, bypassed, off, prepared }: Checked): NodeView {
  const { definition, config, ports, inputs } = prepared.get(id) ?? nothing
  const state = !definition ? 'unknown' : bypassed.has(id) ? 'passed' : off.has(id) ? 'off' : 'on'
  const node = Object.hasOwn(nodes, id) ? nodes[id] : undefined
  const probe = node?.probe ?? null
  return {
    summary: definition ? lineOf(() => definition.summary?.(config as never)) : '',
    detected: node ? detectedIn(node, probe) : {},
    rows: definition?.kind === 'source' ? ((probe as SourceProbe | null)?.rows ?? null) : null,
    input: columnViews(node?.input),
    inputs: namesOf(inputs, id, pipeline).map((name) => ({ name, columns: columnViews(node?.inputSchemas[name]) })),
    openInputs: inputs === 'any',
    output: columnViews(node?.output),
    rejects: columnViews(node?.rejects),
    origins: node ? originsOf(node) : {},
    ports: ports ?? [],
    kind: definition?.kind ?? null,
    state,
  }
}

const nothing = { definition: null, config: {}, ports: null, inputs: null }

function namesOf(inputs: InputNames, id: string, { edges }: Pipeline): readonly string[] {
  if (inputs !== 'any') return inputs ?? []
  return [...new Set(edges.flatMap(({ to }) => (to.node === id ? [inputName(to.port, inputs)] : [])))]
}

/** A node's own words; wrong settings, which `summary` need not expect, are shown as problems. */
function lineOf(say: () => string | undefined): string {
  try {
    return say() ?? ''
  } catch {
    return ''
  }
}

/** What a source's probe, or a node that tells more of its probe, found: texts alone. */
function detectedIn({ definition, config }: CheckedNode, probe: Json | SourceProbe | null): Record<string, string> {
  if (probe === null) return {}
  if (definition.kind === 'source') return { ...(probe as SourceProbe).detected }
  return { ...definition.detected?.({ config: config as never, probe: probe as Json }) }
}
