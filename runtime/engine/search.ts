import { isAbsolute, join } from 'node:path'
import { performance } from 'node:perf_hooks'
import type { Checked } from '../catalogue/check.ts'
import { Pool, Scope } from '../memory/index.ts'
import type { CheckedNode } from '../pipeline/check.ts'
import { HeadraceError } from '../pipeline/problem.ts'
import { cores } from '../plan/machine.ts'
import type { Json, ModelNode, SinkNode } from '../sdk/node.ts'

/** Embeds a question with the pipeline's own model and settings and asks its vector sink for the nearest rows. */
export async function search(
  checked: Checked,
  question: string,
  options: { limit: number; sink?: string },
): Promise<{ rows: Record<string, unknown>[]; milliseconds: number }> {
  const sink = findSink(checked, options.sink)
  const model = findModel(checked, sink)
  const definition = model.definition as ModelNode
  const resolve = (path: string) => (isAbsolute(path) ? path : join(checked.folder, path))
  const config = model.config as never
  const probe = model.probe as Json
  const session = await definition.resource.open({ config, probe, resolve, threads: cores(), log: () => {} })
  const scope = new Scope(new Pool(64 << 20))
  try {
    const before = performance.now()
    const query = definition.query as NonNullable<ModelNode['query']>
    const fingerprint = definition.fingerprint as NonNullable<ModelNode['fingerprint']>
    const [vector] = await query({ config, probe, resolve, session, scope, texts: [question] })
    const { column } = fingerprint({ config, probe })
    const ask = (sink.definition as SinkNode).search as NonNullable<SinkNode['search']>
    const rows = await ask({
      config: sink.config as never,
      resolve,
      column,
      vector: vector as Float32Array,
      limit: options.limit,
    })
    return { rows, milliseconds: performance.now() - before }
  } finally {
    scope.close()
    await session.close()
  }
}

function findSink(checked: Checked, id: string | undefined): CheckedNode {
  const sinks = Object.values(checked.nodes).filter(
    ({ definition }) => definition.kind === 'sink' && (definition as SinkNode).search,
  )
  const found = id === undefined ? sinks[0] : sinks.find((sink) => sink.id === id)
  if (!found)
    throw new HeadraceError('no-vector-sink', id ? `${id} is no vector sink` : 'the pipeline has no vector sink', {
      hint: 'A search needs a sink like sinks/lancedb.',
    })
  if (!id && sinks.length > 1) {
    throw new HeadraceError(
      'several-sinks',
      `the pipeline has ${sinks.length} vector sinks: ${sinks.map((sink) => sink.id).join(', ')}`,
      { hint: `Name one: --node ${found.id}` },
    )
  }
  return found
}

/** The nearest model above the sink that embeds questions. */
function findModel(checked: Checked, sink: CheckedNode): CheckedNode {
  const above = [sink.id]
  for (const id of above) {
    const node = checked.nodes[id] as CheckedNode
    if (node.definition.kind === 'model' && (node.definition as ModelNode).query) return node
    for (const { from } of node.inputs) if (!above.includes(from.node)) above.push(from.node)
  }
  throw new HeadraceError('no-model', `no node above ${sink.id} embeds texts`, {
    place: { node: sink.id },
    hint: 'A search needs a model like models/embed before the sink.',
  })
}
