import { performance } from 'node:perf_hooks'
import type { Checked } from '../catalogue/check.ts'
import { errorWithoutSecrets, withoutSecrets } from '../catalogue/secrets.ts'
import { named } from '../engine/outlet.ts'
import { withSecrets } from '../engine/prepare.ts'
import type { CheckedNode } from '../pipeline/check.ts'
import type { PipelineEdge } from '../pipeline/model.ts'
import { HeadraceError } from '../pipeline/problem.ts'
import { Schema } from '../pipeline/schema.ts'
import { type Around, resultOf, rowsOf } from '../preview/noderesult.ts'
import type { Result, Results } from '../preview/results.ts'
import type { Sessions } from '../preview/sessions.ts'
import type { Found } from './compare.ts'
import type { Wants } from './expected.ts'
import { rowsIn } from './found.ts'

/** What playing tests takes besides a scene. */
export interface Stage {
  readonly results: Results
  readonly sessions: Sessions
  readonly signal: AbortSignal
}

/** What came out at each node of a scene. */
export interface Played {
  readonly scene: Checked
  readonly results: ReadonlyMap<string, Result>
  readonly seconds: number
}

let played = 0
const everything = { rows: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY }

/** Runs a scene's nodes one after the other over the whole of what is put in, as a run does; no sink is opened. */
export async function play(checked: Checked, now: number, stage: Stage): Promise<Played> {
  const started = performance.now()
  const { resolved, secrets } = await withSecrets(checked)
  try {
    const clean = (text: string) => withoutSecrets(text, secrets)
    const about = { ...stage, now, clean, limits: everything, modelRows: Number.POSITIVE_INFINITY }
    const results = await walk(resolved, resolved.order, about)
    for (const [id, { limited, complete }] of results) if (limited || !complete) throw tooMuch(id)
    return { scene: resolved, results, seconds: (performance.now() - started) / 1000 }
  } catch (error) {
    throw errorWithoutSecrets(error, secrets)
  }
}

type Walking = Stage & Pick<Around, 'now' | 'limits' | 'modelRows' | 'clean'>

/** Runs nodes, each after those that feed it; their settings have their secrets. */
export async function walk(
  checked: Checked,
  order: readonly string[],
  { results: kept, signal, ...rest }: Walking,
): Promise<Map<string, Result>> {
  const results = new Map<string, Result>()
  const same = (a: PipelineEdge['from'], b: PipelineEdge['from']) => a.node === b.node && a.port === b.port
  const around: Around = {
    ...rest,
    folder: checked.folder,
    values: checked.values,
    signal,
    results,
    schema: ({ from }) => schemaOf(checked.nodes[from.node], from.port) ?? new Schema([]),
    siblings: (edge) => checked.edges.filter(({ from }) => same(from, edge.from)).length,
  }
  for (const id of order) {
    const node = checked.nodes[id] as CheckedNode
    if (node.definition.kind === 'sink') continue
    signal.throwIfAborted()
    try {
      results.set(id, await kept.make(`test ${played++}`, (scope) => resultOf(node, scope, around)))
    } catch (error) {
      signal.throwIfAborted()
      throw named(error, id)
    }
  }
  return results
}

const schemaOf = (node: CheckedNode | undefined, port: string): Schema | null =>
  node ? (port === 'rejects' ? node.rejects : node.output) : null

const tooMuch = (id: string) =>
  new HeadraceError('too-much', `${id} gave more than a test keeps: 64 MB of rows`, {
    place: { node: id },
    hint: 'Put fewer rows in.',
  })

/** What was found where a test expects something. */
export function foundAt({ spot, schema }: Wants, { scene, results }: Played): Found {
  const node = scene.nodes[spot.node] as CheckedNode
  const counts = results.get(spot.node)?.counts
  if (!spot.enters) {
    const rows = spot.port === null ? [] : rowsIn(rowsOf(results.get(spot.node), spot.port))
    return { schema, rows, counts: { ...counts } }
  }
  const rows = node.inputs.flatMap(({ from }) => rowsIn(rowsOf(results.get(from.node), from.port)))
  return { schema, rows, counts: { in: rows.length, out: rows.length, filtered: 0, rejected: 0 } }
}
