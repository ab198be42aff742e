import { pinnedSource } from '../drift/source.ts'
import { Batch, type Coded, type Column, Identity } from '../memory/index.ts'
import { Schema } from '../pipeline/schema.ts'
import type { Output, SourceContext, SourceNode, SourceProbe, TableNode, TableReadContext } from '../sdk/node.ts'
import type { NodeRun } from './noderun.ts'
import type { LetterRange } from './replay/letters.ts'
import { asPlanned } from './resume/asplanned.ts'
import { runContext, type World } from './runcontext.ts'

type Base = ReturnType<typeof runContext>

/** What gives a node's batches: a source reads them, a node that needed all rows reads them again, others make them. */
export function producerOf(run: NodeRun, world: World): AsyncIterator<Output> {
  const base = runContext(run, world)
  const { definition } = run
  const { services, signal } = world
  if (definition.kind === 'source') return readSource(run, world, base)
  if (definition.kind === 'table') return readTable(run, definition, world, base)
  const schema = new Schema(run.plan.input ?? [])
  const context = {
    ...base,
    input: Object.assign(run.input(), { schema }),
    probe: run.plan.probe,
    outBefore: services.outBefore.get(run.plan.id) ?? 0,
    infer: run.plan.kind === 'model' ? services.infer(run.plan, signal) : undefined,
  }
  const infer = context.infer
  if (infer) context.infer = (batch, costs) => run.meter.awaiting(infer(batch, costs))
  // The context fits the node's own settings: they were checked against its schema before the run.
  const node = definition as { run: (context: unknown) => AsyncIterable<Output> }
  return node.run(context)[Symbol.asyncIterator]()
}

function readTable(run: NodeRun, definition: TableNode, { task }: World, base: Base): AsyncIterator<Output> {
  const { split, data = null } = task
  const context: TableReadContext<unknown> = { ...base, split, data, schema: new Schema(run.plan.output ?? []) }
  return definition.read(context as TableReadContext<never>)[Symbol.asyncIterator]()
}

function readSource(run: NodeRun, { plan, task, services }: World, base: Base): AsyncIterator<Output> {
  const { output, whole } = run.plan
  const leaving = new Schema(output ?? [])
  const schema = whole ? new Schema(whole) : leaving
  const places = whole && leaving.fields.map(({ name }) => schema.indexOf(name))
  const origins = new Map<string, { node: string; path: string }>()
  const originOf = (path: string) => {
    let origin = origins.get(path)
    if (!origin) origins.set(path, (origin = { node: run.plan.id, path }))
    return origin
  }
  const context: SourceContext<unknown> = {
    ...base,
    split: task.split,
    probe: run.plan.probe as unknown as SourceProbe,
    schema,
    ...(whole && { wanted: new Set(leaving.fields.map(({ name }) => name)) }),
    batch(path, numbers, rows, columns) {
      const given = (places ? places.map((place) => columns[place]) : columns) as (Column | Coded)[] // null is what is not wanted
      return new Batch(run.scope, leaving, given, new Identity(originOf(path), rows, numbers))
    },
    reject: (reject) => run.rejectRaw(reject),
    maxRowBytes: plan.maxRowBytes,
  }
  const node = pinnedSource(run.definition as SourceNode) as SourceNode<never>
  const own = context as SourceContext<never>
  const { letters, index } = task
  const rows = letters
    ? reread(node, own, letters, services.spillPath(index, run.plan.id))
    : asPlanned(node.read(own), run.plan.id, base.resolve, task.versions ?? [])
  const left = plan.limit === null ? null : plan.limit - (services.outBefore.get(run.plan.id) ?? 0)
  return (left === null ? rows : atMost(rows, left))[Symbol.asyncIterator]()
}

/** Only replays read rejected rows again. */
async function* reread(
  node: SourceNode<never>,
  context: SourceContext<never>,
  letters: LetterRange,
  spill: string,
): AsyncGenerator<Batch> {
  const { rereadRows } = await import('./replay/reread.ts')
  yield* rereadRows(node, context, letters, spill)
}

/** The first rows of a source, then its end: `--limit`. */
async function* atMost(batches: AsyncIterable<Batch>, limit: number): AsyncGenerator<Batch> {
  let left = limit
  if (left <= 0) return
  for await (const batch of batches) {
    yield batch.rows > left ? batch.slice(0, left) : batch
    left -= batch.rows
    if (left <= 0) return
  }
}
