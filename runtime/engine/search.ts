import { isAbsolute, join } from 'node:path'
import type { Checked } from '../catalogue/check.ts'
import { Pool, Scope } from '../memory/index.ts'
import type { CheckedNode } from '../pipeline/check.ts'
import { HeadraceError } from '../pipeline/problem.ts'
import { cores } from '../plan/machine.ts'
import type { Json, ModelNode, Session, SinkNode } from '../sdk/node.ts'

/** Runs `use` with a model's session. */
export type WithSession = <T>(model: CheckedNode, use: (session: Session) => Promise<T>) => Promise<T>

/**
 * Embeds a question with the pipeline's own model and settings and asks its vector sink for the nearest rows.
 * `withSession`: who asks often keeps the model open; undefined: it is opened and closed here.
 */
export async function search(
  checked: Checked,
  question: string,
  options: { limit: number; sink?: string; withSession?: WithSession },
): Promise<{ rows: Record<string, unknown>[]; milliseconds: number; sink: CheckedNode }> {
  const sink = findSink(checked, options.sink)
  const model = findModel(checked, sink)
  const withSession = options.withSession ?? onceWith(checked)
  return await withSession(model, (session) => ask(checked, { question, sink, model, session, limit: options.limit }))
}

async function ask(
  checked: Checked,
  about: { question: string; sink: CheckedNode; model: CheckedNode; session: Session; limit: number },
) {
  const { question, sink, model, session, limit } = about
  const definition = model.definition as ModelNode
  const resolve = resolver(checked)
  const config = model.config as never
  const probe = model.probe as Json
  const scope = new Scope(new Pool(64 << 20))
  try {
    const before = performance.now()
    const query = definition.query as NonNullable<ModelNode['query']>
    const fingerprint = definition.fingerprint as NonNullable<ModelNode['fingerprint']>
    const [vector] = await query({ config, probe, resolve, session, scope, texts: [question] })
    const { column } = fingerprint({ config, probe })
    const find = (sink.definition as SinkNode).search as NonNullable<SinkNode['search']>
    const rows = await find({
      config: sink.config as never,
      resolve,
      column,
      vector: vector as Float32Array,
      limit,
    })
    return { rows, milliseconds: performance.now() - before, sink }
  } finally {
    scope.close()
  }
}

const resolver = ({ folder }: Checked) => {
  return (path: string) => (isAbsolute(path) ? path : join(folder, path))
}

const onceWith =
  (checked: Checked): WithSession =>
  async (model, use) => {
    const session = await (model.definition as ModelNode).resource.open({
      config: model.config as never,
      probe: model.probe as Json,
      resolve: resolver(checked),
      threads: cores(),
      log: () => {},
    })
    try {
      return await use(session)
    } finally {
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
