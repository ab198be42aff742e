import type { NodeDefinition, TransformNode } from '../../sdk/node.ts'
import { keepsEnds, readsAgain } from './ends.ts'
import { folderOf } from './files.ts'
import { saysWhatItIs } from './info.ts'
import { keepsRows } from './rows.ts'
import { keepsTables } from './tables.ts'

export { folderOf } from './files.ts'
export { allNull, beyondAscii } from './values.ts'

/** Something that every node promises, and how it is shown to hold: `check` throws where it does not. */
export interface Promised {
  readonly name: string
  readonly check: () => Promise<void>
}

export interface Workplace {
  /** Where the paths in the examples of transforms and models start. */
  readonly folder: string
  /** Gives an empty folder: where sources find their files and sinks write. */
  readonly fresh: () => string
}

/** How far a model's numbers may lie apart between two cuts of the same rows. */
const modelTolerance = 1e-5

/** The contract that every node keeps, as one promise after the other: for `headrace nodes test` and for our own tests. */
export function promisesOf(node: NodeDefinition, workplace: Workplace): Promised[] {
  const named = (title: string) => (what: string) => `${title}: ${what}`
  const uses = node.examples.flatMap((example) => {
    const say = named(example.title)
    if (node.kind === 'transform') {
      const folder = folderOf(example, workplace.folder, workplace.fresh)
      return keepsRows(node, example, { ...workplace, folder }, 0, say)
    }
    if (node.kind === 'table') return keepsTables(node, example, say)
    // A model has all that a transform has but for the context of `run`.
    if (node.kind === 'model')
      return keepsRows(node as unknown as TransformNode, example, workplace, modelTolerance, say)
    if (node.kind === 'source') return readsAgain(node, example, workplace, say)
    return node.kind === 'sink' ? keepsEnds(node, example, workplace, say) : []
  })
  return [...saysWhatItIs(node), ...uses]
}
