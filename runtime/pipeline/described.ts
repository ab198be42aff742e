import type { Inputs, Json, TableNode } from '../sdk/node.ts'
import type { NodeProblem } from './columns.ts'

/** What a node's `describe` is asked with. */
export interface DescribeQuestion {
  readonly definition: TableNode
  readonly config: Readonly<Record<string, unknown>>
  readonly inputs: Inputs
}

/** What `describe` answered, or what is wrong with the settings (a query that is no SQL). */
export type DescribeAnswer = { readonly described: Json } | { readonly problem: NodeProblem }

/** The answers that there are. A check asks nobody: it says which answers it lacks. */
export type Described = (question: DescribeQuestion) => DescribeAnswer | undefined

/** A question without an answer: the node's columns are known when there is one. */
export interface Lacking extends DescribeQuestion {
  readonly node: string
}
