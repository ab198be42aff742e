import { isAbsolute, join } from 'node:path'
import { pinnedSource } from '../drift/source.ts'
import { type NodeProblem, thrown } from '../pipeline/columns.ts'
import type { Pipeline } from '../pipeline/model.ts'
import type { Probed } from '../pipeline/prepare.ts'
import { HeadraceError, type Place, type Problem } from '../pipeline/problem.ts'
import { probeOf, settle } from '../pipeline/settled.ts'
import { shapeOf } from '../pipeline/shape.ts'
import type { SettingProblem } from '../pipeline/validate.ts'
import type { Json, NodeDefinition, ProbeContext, Report, SourceProbe } from '../sdk/node.ts'
import type { ProbeCache } from './cache.ts'
import { withoutData } from './nodata.ts'
import { type PathGuard, pathResolver } from './pathguard.ts'
import { resolveSecrets, withoutSecrets } from './secrets.ts'

export interface ProbeQuestion {
  readonly pipeline: Pipeline
  readonly definitions: { readonly [type: string]: NodeDefinition | null }
  /** The pipeline's folder. */
  readonly folder: string
  readonly signal?: AbortSignal | undefined
  readonly cache?: ProbeCache | undefined
  readonly guard?: PathGuard | undefined
  /** Sources are not looked at: what is pinned is known of them. */
  readonly noData?: boolean | undefined
}

const atOnce = 8

/**
 * Lets nodes look at their files and models, several at once. A node with wrong settings, or a disabled one, does not
 * look; one that only waits for the choice of a column does: no file depends on it.
 */
export async function probeNodes(question: ProbeQuestion): Promise<Record<string, Probed>> {
  const { pipeline, definitions, signal = new AbortController().signal } = question
  const probes: Record<string, Probed> = {}
  const waiting = Object.entries(pipeline.nodes).flatMap(([id, { type, config, disabled }]) => {
    const definition = Object.hasOwn(definitions, type) ? definitions[type] : null
    if (disabled || !definition || !settle(definition, config).problems.every((one) => awaitsColumn(definition, one)))
      return []
    return [{ id, definition, config }]
  })
  const order = waiting.map(({ id }) => id)
  const real = pathResolver()
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      signal.throwIfAborted()
      probes[next.id] = await probeNode(next.id, next.definition, next.config, { ...question, signal, real })
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, waiting.length) }, worker))
  return Object.fromEntries(order.map((id) => [id, probes[id] as Probed]))
}

const awaitsColumn = ({ config }: NodeDefinition, { code, setting }: SettingProblem): boolean =>
  code === 'missing-setting' && shapeOf(shapeOf(config).properties?.[setting]).format === 'column'

type Looking = ProbeQuestion & { readonly signal: AbortSignal; readonly real: (path: string) => string }

async function probeNode(id: string, definition: NodeDefinition, config: unknown, question: Looking): Promise<Probed> {
  const { own, handling } = settle(definition, config)
  const seen = { id, definition, config: own, resolve: (path: string) => absoluteIn(question.folder, path) }
  const known = question.noData ? withoutData(seen) : null
  if (known) return known
  const secrets = await resolveSecrets(own, question.folder, definition.config)
  if (secrets.missing.length) return { probe: null, problems: secrets.missing.map((one) => missingSecret(id, one)) }
  const clean = (problem: Problem) => withoutSecret(problem, secrets.values)
  const entrant = { node: id, definition, config: secrets.config, folder: question.folder }
  const outside = question.guard?.settings(entrant, question.real) ?? []
  if (outside.length) return { probe: null, problems: outside.map(clean) }
  const look = async () => {
    const found = await runProbe(id, definition, secrets, question)
    return handling.ifEmpty === 'ok' ? { ...found, problems: found.problems.map(bearable) } : found
  }
  // What holds a secret is not kept.
  const kept = probeOf(definition) && secrets.values.length === 0 ? question.cache : undefined
  const found = await (kept?.probe({ node: id, definition, config: own, folder: question.folder }, look) ?? look())
  const led = question.guard?.found(entrant, found.probe, question.real) ?? []
  return led.length ? { probe: null, problems: led.map(clean) } : found
}

const absoluteIn = (folder: string, path: string): string => (isAbsolute(path) ? path : join(folder, path))

/** A path without files is no error where the source may be empty. */
const bearable = (problem: Problem): Problem =>
  problem.code === 'no-files' ? { ...problem, severity: 'warning' } : problem

async function runProbe(
  node: string,
  definition: NodeDefinition,
  { config, values }: { readonly config: Record<string, unknown>; readonly values: readonly string[] },
  { folder, signal }: Looking,
): Promise<Probed> {
  const problems: Problem[] = []
  const add = ({ setting, column, ...problem }: NodeProblem, place: Place = {}) => {
    const about = { ...(setting !== undefined && { setting }), ...(column !== undefined && { column }) }
    problems.push(withoutSecret({ ...problem, place: { ...place, node, ...about } }, values))
  }
  const report: Report = ({ severity = 'error', ...problem }) => add({ severity, ...problem })
  const resolve = (path: string) => absoluteIn(folder, path)
  // The settings were checked against the node's own schema, from which its probe takes their types.
  const look = probeOf(definition.kind === 'source' ? pinnedSource(definition) : definition) as
    | ((context: ProbeContext<unknown>) => Promise<Json | SourceProbe>)
    | undefined
  let probe: Json | SourceProbe | null = null
  try {
    probe = (await look?.({ config, node, folder, resolve, report, signal })) ?? null
  } catch (error) {
    signal.throwIfAborted()
    add(thrown(error), error instanceof HeadraceError ? error.place : {})
  }
  return { probe, problems }
}

function withoutSecret({ message, hint, ...problem }: Problem, values: readonly string[]): Problem {
  return {
    ...problem,
    message: withoutSecrets(message, values),
    ...(hint !== undefined && { hint: withoutSecrets(hint, values) }),
  }
}

function missingSecret(node: string, { name, setting }: { readonly name: string; readonly setting: string }): Problem {
  return {
    severity: 'error',
    code: 'missing-secret',
    message: `the secret ${name} is set neither in the environment nor in .env beside the pipeline`,
    hint: `Add a line ${name}=… to .env, or set it in the environment.`,
    place: { node, setting },
  }
}
