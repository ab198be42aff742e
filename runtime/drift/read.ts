import { type Batch, type Coded, type Column, columnOf, gather, isCoded } from '../memory/index.ts'
import { Schema } from '../pipeline/schema.ts'
import { sameType } from '../pipeline/types.ts'
import type { SourceContext, SourceNode, SourceProbe, SplitPart } from '../sdk/node.ts'
import type { Pin } from './pin.ts'
import { dataOf } from './runs.ts'
import { widened } from './widen.ts'

/** Reads a split of a pinned source: each run of files by itself, its columns by name, absent ones null. */
export async function* readAs(
  source: SourceNode<never>,
  { columns }: Pin,
  context: SourceContext<never>,
): AsyncGenerator<Batch> {
  const { runs } = dataOf(context.probe)
  for (const { run, parts } of stretches(context.split.parts)) {
    const probe = runs[run] as SourceProbe
    const schema = new Schema(probe.columns)
    const places = columns.map(({ name }) => schema.indexOf(name))
    const wanted = new Set(columns.map(({ name }) => name).filter((name) => context.wanted?.has(name) ?? true))
    const bytes = parts.reduce((sum, { start, end }) => sum + end - start, 0)
    yield* source.read({
      ...context,
      probe,
      schema,
      wanted,
      split: { ...context.split, parts, bytes: Math.min(bytes, context.split.bytes) },
      batch(path, first, rows, given) {
        const pinned = columns.map(({ type }, i): Column | Coded | null => {
          const column = given[places[i] as number]
          if (column === null) return null
          if (!column) return columnOf(context.scope, type, new Array(rows).fill(null))
          if (!isCoded(column)) return widened(context.scope, column, type)
          if (sameType(column.values.type, type)) return column
          return widened(context.scope, gather(context.scope, column.values, column.codes), type)
        })
        return context.batch(path, first, rows, pinned)
      },
    })
  }
}

/** Parts that follow one another and are of the same run, as the source itself made them. */
function stretches(parts: readonly SplitPart[]): { run: number; parts: SplitPart[] }[] {
  const found: { run: number; parts: SplitPart[] }[] = []
  for (const { data, ...part } of parts) {
    const { run, data: own } = data as { run: number; data: NonNullable<SplitPart['data']> | null } // as `splits` made it
    const last = found.at(-1)
    const one = own === null ? part : { ...part, data: own }
    if (last?.run === run) last.parts.push(one)
    else found.push({ run, parts: [one] })
  }
  return found
}
