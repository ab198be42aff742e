import type { Pipeline } from '../pipeline/model.ts'
import { type GivenParam, noRunId, type RunNames, type RunValues, resolveParams } from '../pipeline/params/resolve.ts'
import { type Filled, fillPipeline, writtenSpan } from '../pipeline/params/substitute.ts'
import type { Positions } from '../pipeline/positions.ts'
import type { Probed } from '../pipeline/prepare.ts'
import type { Problem } from '../pipeline/problem.ts'
import type { NodeDefinition } from '../sdk/node.ts'

/** What a check is given for a pipeline's parameters. */
export interface ParamOptions {
  /** Values from outside, the strongest last: they go before the environment and the defaults. */
  readonly params?: readonly GivenParam[]
  /** Where `HEADRACE_PARAM_DAY` is looked for; the process's, where it is not given. */
  readonly environment?: { readonly [variable: string]: string | undefined }
  /** What `run.id` and `run.date` are. */
  readonly run?: RunNames
}

/** A pipeline with its parameters' values in its settings. */
export interface FilledPipeline {
  readonly values: RunValues
  readonly pipeline: Pipeline
  /** The nodes whose settings are known as far as parameters go: these may be probed. */
  readonly known: Pipeline
  readonly problems: readonly Problem[]
  /** The problems of settings that name what is no parameter, as a probe's: they hide the node's columns. */
  readonly probes: { readonly [node: string]: Probed }
  readonly written: (node: string, setting: string, span: readonly [number, number]) => readonly [number, number]
  /** Whether a problem comes from a setting that has no value yet: the parameter's own problem says it. */
  readonly follows: (problem: Problem) => boolean
}

/** Settles the parameters of a pipeline and puts their values into its settings. */
export function fillParams(
  written: Pipeline,
  definitions: { readonly [type: string]: NodeDefinition | null },
  positions: Positions,
  options: ParamOptions,
): FilledPipeline {
  const { values, problems } = resolveParams({
    pipeline: written,
    positions,
    given: options.params ?? [],
    environment: options.environment ?? process.env,
    run: options.run ?? { id: noRunId, date: dayOf(new Date()) },
  })
  const { pipeline, filled } = fillPipeline(written, definitions, values)
  const open = [...filled].filter(([, { open }]) => open.size > 0)
  const probes = open.flatMap(([node, { problems }]) => (problems.length ? [[node, problemsIn(node, problems)]] : []))
  const unknown = new Set(open.map(([node]) => node))
  const nodes = Object.fromEntries(Object.entries(pipeline.nodes).filter(([id]) => !unknown.has(id)))
  return {
    values,
    pipeline,
    known: unknown.size ? { ...pipeline, nodes } : pipeline,
    problems,
    probes: Object.fromEntries(probes),
    written(node, setting, span) {
      const one = filled.get(node)
      return one ? writtenSpan(one, setting, span) : span
    },
    follows: ({ code, place: { node, setting } }) =>
      node !== undefined &&
      setting !== undefined &&
      !ownCodes.has(code) &&
      (filled.get(node)?.open.has(setting) ?? false),
  }
}

const ownCodes: ReadonlySet<string> = new Set(['unknown-param', 'open-param', 'param-in-expression'])

function problemsIn(node: string, problems: Filled['problems']): Probed {
  return {
    probe: null,
    problems: problems.map(({ setting, span, column: _column, ...problem }) => {
      return { ...problem, place: { node, setting, ...(span && { span }) } }
    }),
  }
}

/** The day of a moment on this machine, in its own time zone: `2026-11-25`. */
export function dayOf(now: Date): string {
  const two = (part: number) => String(part).padStart(2, '0')
  return `${String(now.getFullYear()).padStart(4, '0')}-${two(now.getMonth() + 1)}-${two(now.getDate())}`
}
