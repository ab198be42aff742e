import type { Json } from '../sdk/node.ts'
import type { CheckedNode } from './check.ts'

/** By column that leaves a node, the columns that enter from which it is made: what the node says, else the namesake. */
export function originsOf({ definition, config, probe, input, output }: CheckedNode): Record<string, string[]> {
  if (!input || !output || definition.kind === 'source' || definition.kind === 'sink') return {}
  const told = toldBy(() => definition.origins?.({ config: config as never, input, probe: probe as Json }) ?? {})
  return Object.fromEntries(
    output.fields.map(({ name }) => {
      const from = Object.hasOwn(told, name) ? (told[name] ?? []) : [name]
      return [name, [...new Set(from)].filter((column) => input.field(column))]
    }),
  )
}

/** A node that throws here has wrong settings, which are reported elsewhere. */
function toldBy(ask: () => { readonly [column: string]: readonly string[] }) {
  try {
    return ask()
  } catch {
    return {}
  }
}
