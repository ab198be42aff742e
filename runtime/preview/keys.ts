import { pathVersions } from '../catalogue/pathversions.ts'
import { digest } from '../engine/digest.ts'
import type { CheckedNode } from '../pipeline/check.ts'
import type { RunValues } from '../pipeline/params/resolve.ts'
import type { NodeDefinition } from '../sdk/node.ts'
import { keptPorts } from './order.ts'

/** What a node's result depends on, as one short text: its settings, what its probe found, its files, its input. */
export async function keyOf(
  node: CheckedNode,
  about: { readonly folder: string; readonly now: number; readonly rows: number; readonly values: RunValues },
  inputs: readonly { readonly key: string; readonly port: string; readonly branch: boolean }[],
): Promise<string> {
  const { type, definition, config, probe, onError } = node
  const versions = await pathVersions({ definition, config, folder: about.folder })
  return digest([
    type,
    numberOf(definition),
    config,
    probe,
    versions,
    onError,
    keptPorts(node),
    inputs,
    about.folder,
    definition.kind === 'source' ? about.rows : null,
    // Expressions know what day it is.
    new Date(about.now).toDateString(),
    about.values,
  ])
}

const numbers = new WeakMap<NodeDefinition, number>()
let next = 0

/** A node's file that changed is another definition. */
function numberOf(definition: NodeDefinition): number {
  const number = numbers.get(definition) ?? next++
  numbers.set(definition, number)
  return number
}
