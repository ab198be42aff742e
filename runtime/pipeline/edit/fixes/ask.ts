import type { Json } from '../../../sdk/node.ts'
import type { CheckAnswer } from '../../../server/api/pipelines.ts'
import type { Pipeline, PipelineNode } from '../../model.ts'
import type { Problem } from '../../problem.ts'
import { isRecord } from '../../shape.ts'
import type { Fix, FixFacts } from '../fix.ts'
import { setSetting } from '../operations.ts'

/** A problem with what is known around it. */
export interface Ask {
  readonly problem: Problem
  readonly pipeline: Pipeline
  readonly answer: CheckAnswer
  readonly facts: FixFacts
  /** The node's id; '' where the problem is of none. */
  readonly node: string
  /** The setting as the problem names it; '' where it is of none. */
  readonly setting: string
  /** The same as a path, and what stands there. */
  readonly path: SettingPath
  readonly value: Json | undefined
}

export type SettingPath = readonly (string | number)[]
export type Maker = (ask: Ask) => readonly Fix[]

/** A problem's setting (`columns.price`, `routes[2].where`) as a path; names may hold any character. */
export function settingPath(config: Json | undefined, setting: string): SettingPath {
  if (setting === '') return []
  if (Array.isArray(config)) {
    const [, index, rest = ''] = /^\[([0-9]+)\]\.?(.*)$/s.exec(setting) ?? []
    return index === undefined ? [] : [Number(index), ...settingPath(config[Number(index)] as Json, rest)]
  }
  if (isRecord(config)) {
    const keys = Object.keys(config).filter((key) => setting === key || /^[.[]/.test(setting.slice(key.length)))
    const key = keys.filter((one) => setting.startsWith(one)).sort((a, b) => b.length - a.length)[0]
    if (key !== undefined) {
      const rest = setting.slice(key.length)
      return [key, ...settingPath(config[key] as Json, rest.startsWith('.') ? rest.slice(1) : rest)]
    }
  }
  const last = /^[^.[]+/.exec(setting)?.[0] ?? setting
  return [last]
}

/** What stands at a path inside settings. */
export function valueAt(config: Json | undefined, path: SettingPath): Json | undefined {
  return path.reduce<Json | undefined>((value, part) => {
    if (typeof part === 'number') return Array.isArray(value) ? (value[part] as Json) : undefined
    return isRecord(value) && Object.hasOwn(value, part) ? (value[part] as Json) : undefined
  }, config)
}

/** A fix that sets one setting of the node; undefined takes it away. */
export const setFix = (title: string, { node }: Ask, path: SettingPath, value: Json | undefined): Fix => ({
  title,
  change: (pipeline) => setSetting(pipeline, node, path, value),
})

/** A fix for which the reader chooses a value first. */
export const chooseFix = (title: string, { node, setting }: Ask): Fix => ({
  title,
  change: (pipeline) => pipeline,
  choose: { node, setting },
})

/** The same pipeline with a node's settings changed. */
export function withConfig(
  pipeline: Pipeline,
  id: string,
  change: (config: PipelineNode['config']) => PipelineNode['config'],
): Pipeline {
  const node = pipeline.nodes[id]
  return node ? { ...pipeline, nodes: { ...pipeline.nodes, [id]: { ...node, config: change(node.config) } } } : pipeline
}

/** An object with one key in place of another, where it stood. */
export function withKey(object: { readonly [key: string]: Json }, from: string, to: string): { [key: string]: Json } {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key === from ? to : key, value]))
}

/** What the check itself thinks was meant: it says so in its words. */
export const meantIn = (text: string | undefined): string | null =>
  /[Dd]id you mean "(.*)"\?/s.exec(text ?? '')?.[1] ?? null
