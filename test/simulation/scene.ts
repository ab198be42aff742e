import { Schema } from '@headrace/runtime/sdk'
import type { EdgePlan, FlowPlan, NodePlan } from '../../runtime/engine/flowplan.ts'
import type { PlannedSplit } from '../../runtime/engine/runfolder.ts'
import { withLineage } from '../../runtime/pipeline/lineage.ts'
import { rejectsOf, unionOf } from '../../runtime/pipeline/union.ts'
import type { Chance } from './chance.ts'
import { fieldsAfter } from './nodes.ts'
import { sourceFields } from './rows.ts'

/** How large a scene may be; shrinking makes these smaller. */
export interface Size {
  readonly sources: number
  readonly splits: number
  readonly middle: number
  readonly sinks: number
  /** How often the process may go away, or be stopped, before it is left alone. */
  readonly lives: number
}

export const usualSize: Size = { sources: 3, splits: 12, middle: 4, sinks: 3, lives: 4 }

/** A pipeline with its splits, as a run's folder would keep it. */
export interface Scene {
  readonly flow: FlowPlan
  readonly splits: readonly PlannedSplit[]
  readonly lanes: number
}

const middleTypes = ['filter', 'pick', 'fan', 'route', 'model', 'sort', 'unique'] as const
export const sinkTypes = ['store', 'added', 'keyed', 'picky', 'choosy', 'file', 'folder'] as const

interface Draft {
  readonly id: string
  readonly type: string
  readonly kind: NodePlan['kind']
  readonly ports: readonly string[]
}

const kindOf = (type: string): NodePlan['kind'] =>
  type === 'model' ? 'model' : type === 'sort' || type === 'unique' ? 'table' : 'transform'

/** A random pipeline: several sources, nodes of all kinds between, several sinks, each fed by one to three ports. */
export function makeScene(chance: Chance, most: Size): Scene {
  // Small ones show most bugs, and sooner.
  const size = chance.hits(0.25)
    ? most
    : { ...most, splits: Math.ceil(most.splits / 2), middle: Math.ceil(most.middle / 2) }
  const drafts: Draft[] = []
  const edges: EdgePlan[] = []
  const add = (id: string, type: string, kind: NodePlan['kind'], ports: readonly string[]) =>
    drafts.push({ id, type, kind, ports })
  const sources = chance.between(1, size.sources)
  for (let i = 0; i < sources; i++) add(`source${i}`, 'source', 'source', chance.hits(0.3) ? ['', 'rejects'] : [''])
  const middle = chance.between(0, size.middle)
  for (let i = 0; i < middle; i++) {
    const type = chance.pick(middleTypes)
    const id = `${type}${i}`
    feed(chance, drafts, edges, id, chance.hits(0.25) ? 2 : 1)
    const rejects = chance.hits(0.3) ? ['rejects'] : []
    const mayReject = type === 'pick' || type === 'model'
    add(id, type, kindOf(type), [...(type === 'route' ? ['even', 'three'] : ['']), ...(mayReject ? rejects : [])])
  }
  const sinks = chance.between(1, size.sinks)
  for (let i = 0; i < sinks; i++) {
    const type = chance.pick(sinkTypes)
    feed(chance, drafts, edges, `${type}-${i}`, chance.hits(0.3) ? chance.between(2, 3) : 1)
    add(`${type}-${i}`, type, 'sink', [])
  }
  const flow = planned(drafts, edges, chance)
  return { flow, splits: cut(flow, chance, size), lanes: chance.between(1, 4) }
}

/** Leads some ports of the nodes so far into a node, late ones rather than early ones. */
function feed(chance: Chance, drafts: readonly Draft[], edges: EdgePlan[], to: string, count: number): void {
  const ports = drafts.flatMap(({ id, ports: own }) => own.map((port) => ({ id, port })))
  for (let i = 0; i < count && ports.length > 0; i++) {
    const at = chance.hits(0.6) ? ports.length - 1 : chance.below(ports.length)
    const [{ id, port }] = ports.splice(at, 1) as [{ id: string; port: string }]
    edges.push({ index: 0, from: id, port, to, toPort: '', input: '' })
  }
}

/** The plan as the product makes it: what leads to no sink is left out, columns carried along. */
function planned(drafts: readonly Draft[], drawn: readonly EdgePlan[], chance: Chance): FlowPlan {
  const leading = new Set(drafts.filter(({ kind }) => kind === 'sink').map(({ id }) => id))
  for (const { id } of drafts.toReversed())
    if (drawn.some(({ from, to }) => from === id && leading.has(to))) leading.add(id)
  const edges = drawn
    .filter(({ from, to }) => leading.has(from) && leading.has(to))
    .map((edge, index) => ({ ...edge, index }))
  const leaves = new Map<string, Schema>()
  const nodes = drafts
    .filter(({ id }) => leading.has(id))
    .map(({ id, type, kind }, index): NodePlan => {
      const inputs = edges.filter(({ to }) => to === id)
      const isFile = type === 'file' || type === 'folder'
      const all = inputs.length ? unionOf(inputs.map((edge) => comingFrom(edge, leaves))).schema : null
      const input = all && isFile ? withLineage(all) : all
      const output = kind === 'table' ? new Schema(sourceFields) : input ? fieldsAfter(type, input) : sourceOutput
      const rejects = rejectsOf(input)
      leaves.set(id, output)
      leaves.set(`${id}.rejects`, rejects)
      return {
        id,
        index,
        type,
        kind,
        config: isFile ? fileConfig(id, type, chance.pick(['fail', 'fail', 'append', 'replace'])) : {},
        probe: null,
        input: input?.fields ?? null,
        inputs: kind === 'table' && input ? { '': input.fields } : null,
        output: kind === 'sink' ? null : output.fields,
        rejects: rejects.fields,
        onError: 'reject',
        timeout: type === 'model' && chance.hits(0.5) ? 2000 : null,
        resource: type === 'model' ? 'model' : null,
        ...(isFile && { lineage: true }),
      }
    })
  return {
    nodes,
    edges,
    folder: '/simulated',
    runId: 'r1',
    now: 0,
    values: { params: {}, run: { id: 'r1', date: '2026-11-30' } } as unknown as FlowPlan['values'],
    maxRowBytes: 1 << 20,
    // Some scenes have hardly room for what a slower way of a fan-out has not taken.
    queueBytes: chance.hits(0.2) ? 8 : 1 << 20,
    limit: null,
  }
}

const sourceOutput = new Schema(sourceFields)

function comingFrom(edge: EdgePlan, leaves: ReadonlyMap<string, Schema>) {
  const name = edge.port === 'rejects' ? `${edge.from}.rejects` : edge.from
  const from = { node: edge.from, port: edge.port }
  return { edge: { from, to: { node: edge.to, port: '' } }, schema: leaves.get(name) as Schema }
}

const fileConfig = (id: string, type: string, ifExists: 'fail' | 'append' | 'replace') =>
  type === 'file'
    ? { path: `/simulated/out/${id}.ndjson`, ifExists }
    : { path: `/simulated/out/${id}/`, partSize: 120, ifExists }

/** Where a file sink adds to something, or takes its place, that is there before the run: one row in one file. */
export function oldFile({ type, config }: NodePlan): string | null {
  if (config['ifExists'] !== 'append' && config['ifExists'] !== 'replace') return null
  const path = config['path'] as string
  return type === 'file' ? path : `${path}part-old-00000.ndjson`
}

export const oldLine = '{"v":1,"k":1,"_identity":"old:1"}\n'

/** Cuts each source into splits of few rows, empty ones among them, each read in batches of one size. */
function cut({ nodes }: FlowPlan, chance: Chance, size: Size): PlannedSplit[] {
  const sources = nodes.filter(({ kind }) => kind === 'source')
  return sources.flatMap(({ id }) => {
    const count = chance.between(1, Math.max(1, Math.floor(size.splits / sources.length)))
    let number = 1
    return Array.from({ length: count }, (): PlannedSplit => {
      const rows = chance.hits(0.1) ? 0 : chance.between(1, 9)
      const start = number
      number += rows
      const part = { path: `${id}.csv`, start, end: number, firstRow: start, data: chance.between(1, 5) }
      return { source: id, split: { parts: [part], rows, bytes: rows * 10 } }
    })
  })
}
