import type { NodeDefinition } from '../sdk/node.ts'
import { type Handling, splitSettings, wholeSchema } from './everynode.ts'
import { checkSettings, type SettingProblem } from './validate.ts'

/** A node's settings as its functions take them, and what is wrong with them. */
export interface Settled {
  readonly problems: readonly SettingProblem[]
  /** Its own settings with their defaults: one object for the same settings, which nobody changes. */
  readonly own: Readonly<Record<string, unknown>>
  readonly handling: Handling
}

/** Of each type so many settings are kept; longer ones than these are not. */
const most = 2000
const longest = 10_000

/** How a node looks at files or models before a run; undefined: it does not. */
export const probeOf = (definition: NodeDefinition) => (definition.kind === 'table' ? undefined : definition.probe)

const kept = new WeakMap<NodeDefinition, Map<string, Settled>>()

/** Checks a node's settings and fills in the defaults; once for the same settings, however often they are checked. */
export function settle(definition: NodeDefinition, config: unknown): Settled {
  const key = JSON.stringify(config) ?? ''
  const known = kept.get(definition) ?? new Map<string, Settled>()
  kept.set(definition, known)
  const before = known.get(key)
  if (before) return before
  const { own, ...handling } = splitSettings(definition, config)
  const settled = { problems: checkSettings(wholeSchema(definition), config), own, handling }
  if (key.length > longest) return settled
  if (known.size >= most) known.delete(known.keys().next().value as string)
  known.set(key, settled)
  return settled
}
