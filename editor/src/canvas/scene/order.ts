import { type Pipeline, sortNodes } from '@headrace/runtime/pipeline'

/** The nodes as they are read and walked through: each after those that feed it; those in a circle last. */
export function readingOrder(pipeline: Pipeline): readonly string[] {
  const ids = Object.keys(pipeline.nodes)
  const { order } = sortNodes(ids, pipeline.edges)
  if (order.length === ids.length) return order
  const sorted = new Set(order)
  return [...order, ...ids.filter((id) => !sorted.has(id))]
}
