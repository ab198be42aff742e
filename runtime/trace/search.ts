import type { NodePlan } from '../engine/flowplan.ts'
import { type Batch, Scope } from '../memory/index.ts'
import { runAlone } from '../preview/alone.ts'
import { rowReaders } from '../rows/index.ts'
import type { SourceContext, SourceNode, Split } from '../sdk/node.ts'
import type { Asked, Wanted } from './question.ts'
import type { Walk } from './walk.ts'

/** Rows of sources that have a value in a column: the first `most`, and how many there are. Memory is a batch's. */
export async function searchRows(
  { column, text, sources }: Extract<Asked, { kind: 'value' }>,
  most: number,
  walk: Walk,
): Promise<{ readonly wanted: readonly Wanted[]; readonly found: number }> {
  const wanted: Wanted[] = []
  let found = 0
  const look = (batch: Batch) => {
    const same = matches(batch, column, text)
    for (let row = 0; row < batch.rows; row++) {
      if (!same(row)) continue
      found++
      if (wanted.length >= most) continue
      const { node, path } = batch.identity.originOf(row)
      wanted.push({ source: node, path, row: batch.identity.number(row), children: [], branch: '' })
    }
  }
  for (const source of sources)
    for (const split of walk.run.splits) if (split.source === source) await readAll(source, split.split, look, walk)
  return { wanted, found }
}

/** Whether a row has the value: numbers by what they are, other types as they are shown; nothing stands for null. */
function matches(batch: Batch, column: string, text: string): (row: number) => boolean {
  const at = batch.schema.indexOf(column)
  const read = rowReaders(batch)[at] as (row: number) => unknown
  const { kind } = (batch.schema.fields[at] as { type: { kind: string } }).type
  if (text === '') return (row) => read(row) === null || read(row) === ''
  const number = kind === 'int' || kind === 'float' ? Number(text) : Number.NaN
  return (row) => {
    const value = read(row)
    if (value === null) return false
    if (typeof value === 'object') return batch.row(row)[column] === text
    return String(value) === text || (typeof value === 'number' && value === number)
  }
}

async function readAll(source: string, split: Split, look: (batch: Batch) => void, walk: Walk): Promise<void> {
  const definition = walk.run.checked.nodes[source]?.definition as SourceNode
  async function* read(context: SourceContext<unknown>): AsyncGenerator<Batch> {
    for await (const batch of definition.read({ ...(context as SourceContext<never>), reject: () => {} })) {
      look(batch)
      // Nothing is kept: the source's memory is free for the next.
      if (batch.rows) yield batch.slice(0, 0)
    }
  }
  const node = walk.nodes.get(source) as NodePlan
  // Nothing is promised of rows: none is let out.
  const bare = { bytes: split.bytes, parts: split.parts.map(({ rows: _rows, ...part }) => part) }
  const scope = new Scope(walk.pool)
  try {
    const own: SourceNode = { ...definition, read }
    await runAlone(node, [], scope, { ...walk.options(node), definition: own, split: bare, ports: [''] })
  } finally {
    scope.close()
  }
}
