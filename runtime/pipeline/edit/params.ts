import type { TSchema } from 'typebox'
import { renameGiven } from '../../expression/columnnames.ts'
import type { Json } from '../../sdk/node.ts'
import type { Pipeline, PipelineParam } from '../model.ts'
import { paramName } from '../params/declare.ts'
import { renameReference } from '../params/references.ts'
import { branchOf, isRecord, isSecret, schemaOfItem, schemaOfKey, shapeOf } from '../shape.ts'

/** A parameter's name that is not taken yet: `param`, `param_2`. */
export function freeParam({ params = {} }: Pipeline, like = 'param'): string {
  let name = like
  for (let i = 2; Object.hasOwn(params, name); i++) name = `${like}_${i}`
  return name
}

/** Adds a parameter, or sets what is said of one; undefined takes a default or description away. */
export function setParam(
  pipeline: Pipeline,
  name: string,
  change: Partial<Record<keyof PipelineParam, Json>>,
): Pipeline {
  const before = pipeline.params?.[name] ?? { type: 'string' }
  const merged = Object.entries({ ...before, ...change }).filter(([, value]) => value !== undefined)
  const param = Object.fromEntries(merged) as unknown as PipelineParam // its own keys
  return { ...pipeline, params: { ...pipeline.params, [name]: param } }
}

/** Takes a parameter away; what names it stays, and is a problem. */
export function removeParam(pipeline: Pipeline, name: string): Pipeline {
  const { params = {}, ...rest } = pipeline
  const left = Object.entries(params).filter(([one]) => one !== name)
  return left.length ? { ...pipeline, params: Object.fromEntries(left) } : rest
}

/** Gives a parameter another name, also where settings and expressions name it; the same pipeline where it cannot be. */
export function renameParam(
  pipeline: Pipeline,
  from: string,
  to: string,
  schemas: { readonly [type: string]: TSchema },
): Pipeline {
  const { params = {}, nodes } = pipeline
  if (from === to || !Object.hasOwn(params, from) || Object.hasOwn(params, to) || !paramName.test(to)) return pipeline
  const renamed = Object.entries(nodes).map(([id, node]) => {
    const config = inTexts(schemas[node.type], node.config, (text, format) =>
      format === 'expression' ? renameGiven(text, from, to) : renameReference(text, from, to),
    )
    return [id, { ...node, config: config as typeof node.config }] as const // an object in, an object out
  })
  return {
    ...pipeline,
    params: Object.fromEntries(Object.entries(params).map(([name, param]) => [name === from ? to : name, param])),
    nodes: Object.fromEntries(renamed),
  }
}

function inTexts(
  schema: TSchema | undefined,
  value: Json,
  change: (text: string, format: string | undefined) => string,
): Json {
  const shape = shapeOf(schema)
  const { anyOf, format } = shape
  if (anyOf) return inTexts(branchOf(anyOf, value) ?? undefined, value, change)
  if (typeof value === 'string') return change(value, format)
  if (Array.isArray(value)) return value.map((item, i) => inTexts(schemaOfItem(shape, i), item, change))
  if (!isRecord(value) || isSecret(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, inTexts(schemaOfKey(shape, key), item as Json, change)]),
  )
}
