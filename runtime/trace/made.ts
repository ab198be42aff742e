import type { NodePlan } from '../engine/flowplan.ts'
import { Scope } from '../memory/index.ts'
import { HeadraceError } from '../pipeline/problem.ts'
import type { TracedFate, TracedRow, TraceStep } from '../server/api/trace.ts'
import { fate, leaving } from './meet.ts'
import type { Asked } from './question.ts'
import type { From } from './trace.ts'
import type { Entry, Walk } from './walk.ts'
import type { Whole } from './whole.ts'

type Follow = (entry: Entry, from: From) => Promise<{ steps: TraceStep[]; fates: TracedFate[] }>

/** The way of a row that a node made of others (a group, a query's row), from that node on. */
export async function madeRow(
  { node: id, name, row }: Extract<Asked, { kind: 'made' }>,
  walk: Walk,
  whole: Whole,
  follow: Follow,
): Promise<TracedRow> {
  const node = walk.nodes.get(id) as NodePlan
  const identity = `${id}:${name}:${row}`
  const about = { identity, node: id, file: '', row, line: null, raw: null }
  const all = await whole.leaving(id)
  if ('why' in all) {
    const words = `${id} (${node.type}) made this row of others${name && `: the group ${name}`}; ${all.why}`
    return { ...about, steps: [], fates: [fate('unknown', { node: id, identity }, words)] }
  }
  const scope = new Scope(walk.pool)
  try {
    const rows = all.rows.flatMap((batch) => Array.from({ length: batch.rows }, (_, at) => ({ batch, at })))
    const found = rows.find(({ batch, at }) => batch.identity.text(at) === identity)
    if (!found)
      throw new HeadraceError(
        'no-such-row',
        `${id} made no row ${name ? `${name}:` : ''}${row}: it made ${rows.length}`,
        {
          hint: 'Trace a row of a source: where it goes is told there.',
        },
      )
    const batch = found.batch.slice(found.at, found.at + 1).into(scope)
    const wanted = { source: id, path: '', row, children: [], branch: '' }
    const note = `made of rows that entered ${id}; trace one of these to see it come here`
    const left = { ports: new Map([['', [batch]]]), rejects: [] }
    const met = leaving({ node, left, entered: null, wanted, scope, walk, note })
    const steps: TraceStep[] = [met.step]
    const fates: TracedFate[] = [...met.fates]
    for (const entry of met.on) {
      const next = await follow(entry, { scope, split: null, wanted })
      steps.push(...next.steps)
      fates.push(...next.fates)
    }
    return { ...about, steps, fates }
  } finally {
    scope.close()
  }
}
