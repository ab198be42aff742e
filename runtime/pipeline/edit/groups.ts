import type { Pipeline, PipelineGroup } from '../model.ts'
import { freeKey } from './ids.ts'

/** Puts nodes into a new group, out of the ones where they are; `id` names it, else its name does. */
export function groupNodes(pipeline: Pipeline, nodes: readonly string[], name: string, id?: string): Pipeline {
  const there = nodes.filter((node) => Object.hasOwn(pipeline.nodes, node))
  if (there.length === 0) return pipeline
  const rest = withoutMembers(pipeline, there)
  const key = id ?? freeKey(rest.groups ?? {}, name, 'group')
  return withGroups(rest, { ...rest.groups, [key]: { name, nodes: there } })
}

/** Takes a group away; its nodes stay. */
export function ungroup(pipeline: Pipeline, id: string): Pipeline {
  const { [id]: gone, ...rest } = pipeline.groups ?? {}
  return gone ? withGroups(pipeline, rest) : pipeline
}

export const renameGroup = (pipeline: Pipeline, id: string, name: string): Pipeline =>
  changeGroup(pipeline, id, (group) => ({ ...group, name }))

export const collapseGroup = (pipeline: Pipeline, id: string, collapsed: boolean): Pipeline =>
  changeGroup(pipeline, id, ({ name, nodes }) => ({ name, nodes, ...(collapsed && { collapsed }) }))

/** Moves nodes into a group; null: out of every one. */
export function moveToGroup(pipeline: Pipeline, nodes: readonly string[], id: string | null): Pipeline {
  const inside = id === null ? [] : (pipeline.groups?.[id]?.nodes ?? [])
  if (id !== null && nodes.every((node) => inside.includes(node))) return pipeline
  // The group itself may not go where all its nodes are moved into it anew.
  const rest = withoutMembers(pipeline, nodes, id)
  if (id === null) return rest
  return changeGroup(rest, id, (group) => ({ ...group, nodes: [...group.nodes, ...nodes] }))
}

/** The group that a node stands in. */
export const groupOf = (pipeline: Pipeline, node: string): string | null =>
  Object.entries(pipeline.groups ?? {}).find(([, { nodes }]) => nodes.includes(node))?.[0] ?? null

/** Takes nodes out of their groups; a group that is left empty goes, but for `kept`. */
export function withoutMembers(pipeline: Pipeline, nodes: readonly string[], kept: string | null = null): Pipeline {
  const entries = Object.entries(pipeline.groups ?? {})
  if (!entries.some(([, group]) => group.nodes.some((node) => nodes.includes(node)))) return pipeline
  const left = entries.flatMap(([id, group]): [string, PipelineGroup][] => {
    const members = group.nodes.filter((node) => !nodes.includes(node))
    if (members.length === group.nodes.length) return [[id, group]]
    return members.length || id === kept ? [[id, { ...group, nodes: members }]] : []
  })
  return withGroups(pipeline, Object.fromEntries(left))
}

function changeGroup(pipeline: Pipeline, id: string, change: (group: PipelineGroup) => PipelineGroup): Pipeline {
  const group = pipeline.groups?.[id]
  return group ? withGroups(pipeline, { ...pipeline.groups, [id]: change(group) }) : pipeline
}

function withGroups(pipeline: Pipeline, groups: { readonly [id: string]: PipelineGroup }): Pipeline {
  const { groups: _, ...rest } = pipeline
  return Object.keys(groups).length ? { ...rest, groups } : rest
}
