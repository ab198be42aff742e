import {
  type Batch,
  batchOf,
  Identity,
  type ModelContext,
  type NodeDefinition,
  type Output,
  type RunContext,
  Schema,
  type Scope,
  type SourceContext,
  type SplitPart,
  type TransformContext,
} from '@headrace/runtime/sdk'
import { flags, numbers, rowAt, rules, sourceFields, valueField, valuesOf } from './rows.ts'

/** What happens around a node while it works: time goes by, and things break. */
export type Around = (node: string) => Promise<void>

type Context<C> = Omit<C, 'config'>

/** The nodes between files and sinks, by type. `around` is asked before each batch. */
export function rowNodes(around: Around): Record<string, NodeDefinition> {
  const each = (make: (batch: Batch, context: Context<TransformContext<unknown>>) => Output[]) =>
    node('transform', {
      async *run(context: Context<TransformContext<unknown>>) {
        for await (const batch of context.input) {
          await around(context.node)
          yield* make(batch, context)
        }
      },
    })
  return {
    source: node('source', { read: (context: Context<SourceContext<unknown>>) => read(context, around) }),
    filter: each((batch, { scope }) => [batch.where(flags(scope, valuesOf(batch, 'v').map(rules.isKept)))]),
    pick: each((batch) => [batch.reject(failures(batch, (v) => !rules.isGood(v), 'bad'))]),
    fan: each((batch, { scope }) => {
      const pieces = valuesOf(batch, 'v').map(rules.pieces)
      const parents = Int32Array.from(pieces.flatMap((own, row) => own.map(() => row)))
      return [batch.explode(parents, [[valueField, numbers(scope, pieces.flat())]])]
    }),
    route: node('transform', {
      async *run({ input, scope, node: id }: Context<TransformContext<unknown>>) {
        for await (const batch of input) {
          await around(id)
          const ways = waysOf(batch, scope)
          // The second must outlast the first.
          for (const { batch: way } of ways) way.keep()
          try {
            yield* ways
          } finally {
            for (const { batch: way } of ways) way.release()
          }
        }
      },
    }),
    model: node('model', {
      async *run({ input, infer, node: id, scope }: Context<ModelContext<unknown>>) {
        for await (const batch of input) {
          await around(id)
          const asked = batchOf(
            scope,
            [valueField],
            valuesOf(batch, 'v').map((v) => ({ v })),
            batch.identity,
          )
          const { batch: answer, failures: failed } = await infer(asked)
          using inferred = answer
          const values = valuesOf(inferred, 'v')
          const good = batch.reject(failed)
          yield good.with([[valueField, numbers(scope, good.rows ? values : [])]])
        }
      },
    }),
  }
}

async function* read(context: Context<SourceContext<unknown>>, around: Around): AsyncGenerator<Batch> {
  for (const { path, start, end, data } of context.split.parts as readonly SplitPart[]) {
    const size = data as number
    for (let first = start; first < end; first += size) {
      await around(context.node)
      const all = Array.from({ length: Math.min(size, end - first) }, (_, i) => first + i)
      const whole = all.filter((number) => !rowAt(path, number).broken)
      for (const row of all.filter((number) => rowAt(path, number).broken))
        context.reject({ path, row, raw: `raw ${row}`, code: 'broken', message: 'no row' })
      const rows = whole.map((number) => rowAt(path, number))
      const made = batchOf(
        context.scope,
        sourceFields,
        rows.map(({ v, k }) => ({ v, k })),
        new Identity({ node: context.node, path }, rows.length, Float64Array.from(whole)),
      )
      yield context.batch(path, Float64Array.from(whole), rows.length, made.columns)
    }
  }
}

/** The rows of a batch by the port where they leave. */
export function waysOf(batch: Batch, scope: Scope) {
  const values = valuesOf(batch, 'v')
  const { even, three } = rules.ports
  const masks = { even: flags(scope, values.map(even)), three: flags(scope, values.map(three)) }
  return batch.branch(masks, ['even', 'three'])
}

const failures = (batch: Batch, fails: (v: number | null) => boolean, code: string) =>
  valuesOf(batch, 'v').flatMap((v, row) => (fails(v) ? [{ row, code, message: `${v}` }] : []))

/** What a model answers; a row that it cannot take fails the whole call. */
export async function inferRows(batch: Batch) {
  const values = valuesOf(batch, 'v')
  if (values.some(rules.isPoison)) throw new Error('poison')
  return [[valueField, numbers(batch.scope, values.map(rules.infer))] as const]
}

/** A node without what only a check needs: the plan is made by the scene. */
export const node = (kind: NodeDefinition['kind'], own: object): NodeDefinition =>
  ({ kind, title: kind, description: kind, examples: [], ...own }) as unknown as NodeDefinition

/** The columns that leave a node, from those that enter. */
export function fieldsAfter(type: string, input: Schema): Schema {
  if ((type !== 'fan' && type !== 'model') || input.field('v')) return input
  return new Schema([...input.fields, valueField])
}

export type { RunContext }
