import {
  batchOf,
  Identity,
  type NodeDefinition,
  Schema,
  type SinkNode,
  type SourceContext,
} from '@headrace/runtime/sdk'
import type { FlowPlan, NodePlan } from '../../runtime/engine/flowplan.ts'
import type { PlannedSplit } from '../../runtime/engine/runfolder.ts'
import { rejectsOf } from '../../runtime/pipeline/union.ts'
import { fields, type Variant } from './variants.ts'

const rowsPerSplit = 4
/** A run has so many parts; one of them has no rows. */
export const splitCount = 5

/** The rows of a run of the tests: `first` tells runs apart. */
export const rowAt = (first: number, n: number) => ({
  n: BigInt(first + n),
  text: n % 5 === 0 ? null : `row "${n}", ü`,
  place: n % 3 === 0 ? null : `${first ? 'old' : 'new'}${n % 2}`,
  x: n / 4,
})

/** These are no rows: the source rejects them. */
const isBroken = (n: number): boolean => n % 7 === 5

const emptySplit = 2

const numbersOf = (split: number): number[] =>
  split === emptySplit ? [] : Array.from({ length: rowsPerSplit }, (_, i) => split * rowsPerSplit + i + 1)

/** What a run stores, in order. */
export const storedBy = (variant: Variant, first: number) =>
  allNumbers(variant)
    .filter((n) => !isBroken(n))
    .map((n) => rowAt(first, n))

/** The identities of the rows that it rejects. */
export const rejectedBy = (variant: Variant): string[] =>
  allNumbers(variant)
    .filter(isBroken)
    .map((n) => `in:in.csv:${n}`)

const allNumbers = ({ isEmpty }: Variant): number[] =>
  isEmpty ? [] : Array.from({ length: splitCount }, (_, split) => numbersOf(split)).flat()

const source = (first: number) =>
  ({
    kind: 'source',
    async *read({ scope, split, reject, batch }: SourceContext<unknown>) {
      const numbers = numbersOf((split.parts[0] as { data: number }).data)
      for (const row of numbers.filter(isBroken))
        reject({ path: 'in.csv', row, raw: `raw ${row}`, code: 'broken', message: 'no row' })
      const whole = numbers.filter((n) => !isBroken(n))
      if (whole.length === 0) return
      const rows = whole.map((n) => rowAt(first, n))
      const places = Float64Array.from(whole)
      const made = batchOf(scope, fields, rows, new Identity({ node: 'in', path: 'in.csv' }, rows.length, places))
      yield batch('in.csv', places, rows.length, made.columns)
    },
  }) as unknown as NodeDefinition

/** A run of two nodes, a source and the sink. */
export interface Planned {
  readonly flow: FlowPlan
  readonly splits: readonly PlannedSplit[]
  readonly definitions: ReadonlyMap<string, NodeDefinition>
}

/** The plan of a run, as its folder would keep it. */
export function planned(variant: Variant, runId: string, first: number): Planned {
  const usual = { inputs: null, probe: null, onError: 'reject', timeout: null, resource: null } as const
  const rejects = (of: Schema | null) => rejectsOf(of).fields
  const nodes: NodePlan[] = [
    {
      ...usual,
      id: 'in',
      index: 0,
      type: 'in',
      kind: 'source',
      config: {},
      input: null,
      output: fields,
      rejects: rejects(null),
    },
    {
      ...usual,
      id: 'out',
      index: 1,
      type: 'out',
      kind: 'sink',
      config: variant.config,
      input: fields,
      output: null,
      rejects: rejects(new Schema(fields)),
    },
  ]
  const flow: FlowPlan = {
    nodes,
    edges: [{ index: 0, from: 'in', port: '', to: 'out', toPort: '', input: '' }],
    folder: '/simulated',
    runId,
    now: 0,
    values: { params: {}, run: { id: runId, date: '2026-11-30' } } as unknown as FlowPlan['values'],
    maxRowBytes: 1 << 20,
    queueBytes: 1 << 20,
    limit: null,
  }
  const splits = Array.from({ length: splitCount }, (_, split): PlannedSplit => {
    const part = { path: 'in.csv', start: 0, end: 0, firstRow: 1, data: variant.isEmpty ? emptySplit : split }
    return { source: 'in', split: { parts: [part], bytes: 100 } }
  })
  const definitions = new Map<string, NodeDefinition>([
    ['in', source(first)],
    ['out', variant.sink as SinkNode],
  ])
  return { flow, splits, definitions }
}
