import type { Problem } from '@headrace/runtime'
import { settle } from '../../../runtime/pipeline/settled.ts'
import type { NodeDefinition } from '../../../runtime/sdk/node.ts'

/** What is wrong with a node's settings, as a check finds it. */
export function checkedBy(
  definition: unknown,
  settings: unknown,
): { problems: Problem[]; own: Record<string, unknown> } {
  // Any node will do: its settings are checked by its own schema.
  const { problems, own } = settle(definition as NodeDefinition, settings)
  return { own, problems: problems.map((one) => ({ ...one, severity: 'error', place: { setting: one.setting } })) }
}
