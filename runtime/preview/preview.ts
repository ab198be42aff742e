import { performance } from 'node:perf_hooks'
import { setImmediate } from 'node:timers/promises'
import type { ProbeCache } from '../catalogue/cache.ts'
import { type Checked, checkFile } from '../catalogue/check.ts'
import type { Catalogue } from '../catalogue/load.ts'
import type { PathGuard } from '../catalogue/pathguard.ts'
import { withoutSecrets } from '../catalogue/secrets.ts'
import { named } from '../engine/outlet.ts'
import { withSecrets } from '../engine/prepare.ts'
import type { CheckedNode } from '../pipeline/check.ts'
import type { PipelineEdge } from '../pipeline/model.ts'
import type { Problem } from '../pipeline/problem.ts'
import { Schema } from '../pipeline/schema.ts'
import type { PreviewAnswer } from '../server/api/rows.ts'
import { answerOf, type Seen } from './answer.ts'
import { keyOf } from './keys.ts'
import { type Around, resultOf } from './noderesult.ts'
import { type Way, wayTo } from './order.ts'
import { givenByPage, type PageParams } from './params.ts'
import type { Result, Results } from './results.ts'
import type { Sessions } from './sessions.ts'

/** A preview's question with the pipeline's file, absolute: relative paths start at its folder. */
export interface PreviewTask {
  readonly file: string
  readonly text: string
  /** Values of its parameters; the others come from the environment or their defaults. */
  readonly params?: PageParams
  /** Where to stop; null: everywhere. */
  readonly node: string | null
  readonly rows?: number
  /** Who asks: a newer preview takes the place of the same asker's. */
  readonly client?: string
}

/** What previews share. */
export interface PreviewWorld {
  readonly results: Results
  readonly sessions: Sessions
  readonly cache: ProbeCache
  readonly catalogue: Catalogue
  /** Folders outside of which nothing is looked at. */
  readonly guard?: PathGuard
}

const usualRows = 2000
const sampleBytes = 8 << 20

/** Takes the first rows of each source through the graph. What a node cannot do is a problem; the rows before it show. */
export async function preview(task: PreviewTask, world: PreviewWorld, signal: AbortSignal): Promise<PreviewAnswer> {
  const started = performance.now()
  const { catalogue, cache, guard } = world
  const checked = await checkFile(task.file, {
    text: task.text,
    params: givenByPage(task.params),
    catalogue,
    cache,
    signal,
    ...(guard && { guard }),
  })
  const way = wayTo(checked, task.node)
  const { resolved, secrets } = await withSecrets(checked)
  const seen = new Map<string, Seen>()
  const problems = [...way.problems]
  try {
    problems.push(
      ...(await walk(way, { ...resolved, secrets }, task, world, signal, seen)).map((one) => hide(one, secrets)),
    )
    return answerOf(checked, way, seen, problems, performance.now() - started)
  } finally {
    world.results.trim()
  }
}

async function walk(
  way: Way,
  checked: Checked & { readonly secrets: readonly string[] },
  task: PreviewTask,
  world: PreviewWorld,
  signal: AbortSignal,
  seen: Map<string, Seen>,
): Promise<Problem[]> {
  const results = new Map<string, Result>()
  const keys = new Map<string, string>()
  const problems: Problem[] = []
  const limits = { rows: task.rows ?? usualRows, bytes: sampleBytes }
  const now = Date.now()
  const around: Around = {
    folder: checked.folder,
    now,
    values: checked.values,
    signal,
    limits,
    sessions: world.sessions,
    results,
    clean: (text) => withoutSecrets(text, checked.secrets),
    schema: ({ from }) => portSchema(checked.nodes[from.node] as CheckedNode, from.port),
    siblings: (edge) => checked.edges.filter(({ from }) => samePort(from, edge.from)).length,
  }
  for (const { id } of way.nodes) {
    const node = checked.nodes[id] as CheckedNode
    if (node.definition.kind === 'sink' || !node.inputs.every(({ from }) => results.has(from.node))) continue
    // Between two nodes a newer question is heard.
    await setImmediate()
    signal.throwIfAborted()
    const inputs = node.inputs.map((edge) => ({
      key: keys.get(edge.from.node) as string,
      port: edge.from.port,
      branch: around.siblings(edge) > 1,
    }))
    const key = await keyOf(node, { folder: checked.folder, now, rows: limits.rows, values: checked.values }, inputs)
    const known = world.results.get(key)
    try {
      const result = known ?? (await world.results.make(key, (scope) => resultOf(node, scope, around)))
      results.set(id, result)
      keys.set(id, key)
      seen.set(id, { result, cached: known !== undefined })
    } catch (error) {
      signal.throwIfAborted()
      problems.push(problemOf(error, id))
    }
  }
  return problems
}

const samePort = (a: PipelineEdge['from'], b: PipelineEdge['from']): boolean => a.node === b.node && a.port === b.port

const portSchema = (node: CheckedNode, port: string): Schema =>
  (port === 'rejects' ? node.rejects : node.output) ?? new Schema([])

function problemOf(error: unknown, id: string): Problem {
  const { code, message, hint, place } = named(error, id)
  return { severity: 'error', code, message, ...(hint && { hint }), place: { ...place, node: id } }
}

const hide = (problem: Problem, secrets: readonly string[]): Problem => ({
  ...problem,
  message: withoutSecrets(problem.message, secrets),
  ...(problem.hint && { hint: withoutSecrets(problem.hint, secrets) }),
})
