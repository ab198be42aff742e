import type { Settings } from './info.ts'
import type { ModelNode } from './model.ts'
import type { SinkNode } from './sink.ts'
import type { SourceNode } from './source.ts'
import type { TableNode } from './table.ts'
import type { TransformNode } from './transform.ts'

export type * from './info.ts'
export type * from './model.ts'
export type * from './sink.ts'
export type * from './source.ts'
export type * from './table.ts'
export type * from './transform.ts'

export type NodeDefinition = SourceNode | TransformNode | TableNode | ModelNode | SinkNode

export const source = <C extends Settings>(node: Omit<SourceNode<C>, 'kind'>): SourceNode<C> => ({
  kind: 'source',
  ...node,
})
export const transform = <C extends Settings>(node: Omit<TransformNode<C>, 'kind'>): TransformNode<C> => ({
  kind: 'transform',
  ...node,
})
export const table = <C extends Settings>(node: Omit<TableNode<C>, 'kind'>): TableNode<C> => ({
  kind: 'table',
  ...node,
})
export const model = <C extends Settings>(node: Omit<ModelNode<C>, 'kind'>): ModelNode<C> => ({
  kind: 'model',
  ...node,
})
export const sink = <C extends Settings>(node: Omit<SinkNode<C>, 'kind'>): SinkNode<C> => ({ kind: 'sink', ...node })
