import type { CheckAnswer } from '../../server/api/pipelines.ts'
import type { ColumnView } from '../../server/api/rows.ts'
import type { Pipeline, PipelineEdge, Port } from '../model.ts'

/** A node's kind by the folder of its type; null where the type is none that can be known. */
export function kindOfType(type: string): 'source' | 'transform' | 'model' | 'sink' | null {
  const kind = /^(source|transform|model|sink)s\//.exec(type)?.[1]
  return (kind as 'source' | undefined) ?? null
}

/** A node's kind; that of a file beside the pipeline is known from the check alone. */
export function nodeKind(pipeline: Pipeline, node: string, answer: CheckAnswer | null): ReturnType<typeof kindOfType> {
  const kind = kindOfType(pipeline.nodes[node]?.type ?? '') ?? answer?.nodes[node]?.kind ?? null
  return kind === 'table' ? 'transform' : kind
}

/** The columns that leave by a port, as far as the last check knows them. */
export function columnsAt(answer: CheckAnswer | null, { node, port }: Port): readonly ColumnView[] | null {
  const view = answer?.nodes[node]
  return (port === 'rejects' ? view?.rejects : view?.output) ?? null
}

/** The columns on an edge of the pipeline; also where the check is of a pipeline with other edges. */
export function columnsOn(answer: CheckAnswer | null, pipeline: Pipeline, edge: PipelineEdge) {
  const known = answer?.edges.length === pipeline.edges.length && answer.edges[pipeline.edges.indexOf(edge)]?.columns
  return known || columnsAt(answer, edge.from)
}
