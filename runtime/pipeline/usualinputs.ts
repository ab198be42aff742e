import type { NodeDefinition } from '../sdk/node.ts'
import { withDefaults } from './settings.ts'

/** The inputs of a node as long as nothing is set: [''] for one without a name, [] for a source; null: as its edges name them. */
export function usualInputs(definition: NodeDefinition): readonly string[] | null {
  if (definition.kind === 'source') return []
  if (definition.kind !== 'table' || !definition.inputs) return ['']
  try {
    // Settings may be missing here: a node that cannot say its inputs then is shown with one.
    return definition.inputs(withDefaults(definition.config, {}) as never)
  } catch {
    return ['']
  }
}
