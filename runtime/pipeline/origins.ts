import type { Json, Origins } from '../sdk/node.ts'
import type { CheckedNode } from './check.ts'

/**
 * By column that leaves a node, the columns that enter from which it is made: what the node says, else the namesake.
 * A column of the input `right` is called `right.column`.
 */
export function originsOf(node: CheckedNode): Record<string, string[]> {
  const { output, inputSchemas } = node
  const inputs = Object.entries(inputSchemas)
  if (!output || inputs.length === 0) return {}
  const told = toldBy(() => tell(node))
  const named = (column: string) =>
    inputs.filter(([, schema]) => schema.field(column)).map(([input]) => full(input, column))
  const known = new Set(inputs.flatMap(([input, { fields }]) => fields.map(({ name }) => full(input, name))))
  return Object.fromEntries(
    output.fields.map(({ name }) => {
      const from = Object.hasOwn(told, name) ? (told[name] ?? []) : named(name)
      return [name, [...new Set(from)].filter((column) => known.has(column))]
    }),
  )
}

const full = (input: string, column: string) => (input ? `${input}.${column}` : column)

function tell({ definition, config, probe, input, inputSchemas: inputs, described }: CheckedNode): Origins {
  // The settings were checked against the node's own schema.
  if (definition.kind === 'table') return definition.origins?.({ config: config as never, inputs, described }) ?? {}
  if (!input || definition.kind === 'source' || definition.kind === 'sink') return {}
  return definition.origins?.({ config: config as never, input, probe: probe as Json }) ?? {}
}

/** A node that throws here has wrong settings, which are reported elsewhere. */
function toldBy(ask: () => Origins): Origins {
  try {
    return ask()
  } catch {
    return {}
  }
}
