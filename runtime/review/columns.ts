import type { Checked } from '../catalogue/check.ts'
import { edgeText, type PipelineEdge } from '../pipeline/model.ts'
import type { Schema } from '../pipeline/schema.ts'
import { typeName } from '../pipeline/types.ts'
import type { ColumnChange, Review } from './model.ts'
import { oldEdge } from './names.ts'

/** The columns that are others on edges which both pipelines have; edges with the same change stand together. */
export function columnChanges(
  before: Checked,
  after: Checked,
  names: ReadonlyMap<string, string>,
): Pick<Review, 'columns' | 'unknown'> {
  const old = new Map(before.edges.map((edge) => [edgeText(edge), edge]))
  const found = new Map<string, ColumnChange>()
  const unknown = new Map<string, Review['unknown'][number]>()
  for (const edge of after.edges) {
    const was = old.get(oldEdge(edge, names))
    if (!was) continue
    const [a, b] = [schemaOn(was, before), schemaOn(edge, after)]
    const name = edgeText(edge)
    if (a && b) {
      for (const change of between(a, b)) {
        const key = JSON.stringify(change)
        const known = found.get(key)
        found.set(key, { ...change, edges: [...(known?.edges ?? []), name] })
      }
    } else {
      const side = a ? 'new' : b ? 'old' : 'both'
      const why = side === 'old' ? whyUnknown(was.from.node, before) : whyUnknown(edge.from.node, after)
      const key = `${side} ${why}`
      unknown.set(key, { edges: [...(unknown.get(key)?.edges ?? []), name], side, why })
    }
  }
  return { columns: [...found.values()], unknown: [...unknown.values()] }
}

function schemaOn({ from }: PipelineEdge, { nodes }: Checked): Schema | null {
  const node = nodes[from.node]
  return (from.port === 'rejects' ? node?.rejects : node?.output) ?? null
}

function between(a: Schema, b: Schema): Omit<ColumnChange, 'edges'>[] {
  const names = [...new Set([...a.fields, ...b.fields].map(({ name }) => name))]
  return names.flatMap((column) => {
    const [x, y] = [a.field(column), b.field(column)]
    const [before, after] = [x ? typeName(x.type) : null, y ? typeName(y.type) : null]
    return before === after ? [] : [{ column, before, after }]
  })
}

/** The problem that hides a node's columns: its own, or that of a node before it. */
function whyUnknown(node: string, { problems, edges }: Checked): string {
  const above = new Set([node])
  for (const one of above) for (const { from, to } of edges) if (to.node === one) above.add(from.node)
  const found = problems.find(({ severity, place }) => severity === 'error' && place.node && above.has(place.node))
  return found ? found.message : 'a source has no files'
}
