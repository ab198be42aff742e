import { type Constants, noConstants } from '../expression/constants.ts'
import type { Json, NodeDefinition, SourceProbe } from '../sdk/node.ts'
import { isError, type NodeProblem, thrown } from './columns.ts'
import type { Handling } from './everynode.ts'
import type { Ends, InputNames } from './graph.ts'
import type { PipelineNode } from './model.ts'
import { nearest, type Problem } from './problem.ts'
import { probeOf, settle } from './settled.ts'

/** What a probe found, and what it reported. */
export interface Probed {
  readonly probe: Json | SourceProbe | null
  readonly problems: readonly Problem[]
  /** It was not asked: the node's columns are not known. */
  readonly unknown?: boolean
}

/** A node by itself, before its columns are known. */
export interface Prepared {
  readonly id: string
  readonly node: PipelineNode
  /** Null where the type is not known. */
  readonly definition: NodeDefinition | null
  /** Its own settings with defaults. */
  readonly config: Readonly<Record<string, unknown>>
  readonly handling: Handling
  /** Null where the settings are wrong. */
  readonly ports: readonly string[] | null
  /** Null where the settings are wrong; [] for a source. */
  readonly inputs: InputNames
  readonly probe: Json | SourceProbe | null
  /** Whether its columns can be asked for: right settings, and its probe, where it has one, has looked. */
  readonly ready: boolean
  /** What `param.x` and `run.x` are in its expressions. */
  readonly constants: Constants
}

export interface Library {
  /** Null: there is no such type, or it could not be loaded. */
  readonly definitions: { readonly [type: string]: NodeDefinition | null }
  /** Every type there is, for the nearest name. */
  readonly known?: readonly string[]
  /** What `param.x` and `run.x` are in expressions. */
  readonly constants?: Constants | undefined
}

type Note = (node: string, problems: readonly NodeProblem[]) => void

/** Checks a node's type and settings and takes in what its probe reported. Of a disabled node nothing is reported. */
export function prepare(
  library: Library,
  probes: { readonly [node: string]: Probed },
  id: string,
  node: PipelineNode,
  report: Note,
): Prepared {
  const note: Note = node.disabled ? () => {} : report
  const { constants = noConstants } = library
  const definition = (Object.hasOwn(library.definitions, node.type) && library.definitions[node.type]) || null
  if (!definition) {
    note(id, unknownType(node.type, library))
    const handling: Handling = { onError: 'reject', ifEmpty: 'fail', everyRun: false, timeout: null }
    const unknown = { ports: null, inputs: null, probe: null, ready: false, constants }
    return { id, node, definition, config: node.config, handling, ...unknown }
  }
  const { problems: found, own, handling } = settle(definition, node.config)
  note(
    id,
    found.map((problem) => ({ severity: 'error', ...problem })),
  )
  const probed = Object.hasOwn(probes, id) ? probes[id] : undefined
  const ports = found.length ? null : portsOf(definition, own, (problem) => note(id, [problem]))
  const inputs = found.length ? null : inputsOf(definition, own, (problem) => note(id, [problem]))
  const failed = found.length > 0 || (probed?.problems.some(isError) ?? false)
  const ready = !failed && !probed?.unknown && (!probeOf(definition) || probed !== undefined)
  return { id, node, definition, config: own, handling, ports, inputs, probe: probed?.probe ?? null, ready, constants }
}

function unknownType(type: string, { definitions, known }: Library): NodeProblem[] {
  // '' was reported when the file was read; a known type that is not there, when it was loaded.
  if (type === '' || known?.includes(type)) return []
  const types = known ?? Object.keys(definitions).filter((name) => definitions[name])
  const meant = nearest(type, types) ?? types.find((name) => name.endsWith(`/${type}`))
  const hint = meant ? `Did you mean "${meant}"?` : 'List them with: headrace nodes'
  return [{ severity: 'error', code: 'unknown-type', message: `unknown node type "${type}"`, hint }]
}

function portsOf(definition: NodeDefinition, config: unknown, note: (problem: NodeProblem) => void) {
  if (definition.kind === 'sink') return []
  if (definition.kind === 'source' || definition.kind === 'table' || !definition.ports) return ['']
  try {
    return definition.ports(config as never) // checked against the node's own schema
  } catch (error) {
    note(thrown(error))
    return null
  }
}

function inputsOf(definition: NodeDefinition, config: unknown, note: (problem: NodeProblem) => void): InputNames {
  if (definition.kind === 'source') return []
  if (definition.kind !== 'table' || !definition.inputs) return ['']
  try {
    return definition.inputs(config as never) ?? 'any' // checked against the node's own schema
  } catch (error) {
    note(thrown(error))
    return null
  }
}

/** What the edges need to know of a node; null where its type is not known. */
export const endsOf = ({ definition, ports, inputs }: Prepared): Ends | null =>
  definition && { kind: definition.kind, ports, inputs }
