import { addBeside } from '../canvas/adding.ts'
import { focusNode } from '../canvas/viewing.ts'
import { goTo } from '../inspector/goal.ts'
import { useDocument } from '../model/document.ts'
import { nodeType, useLibrary } from '../model/library.ts'
import { openPipeline } from '../model/open.ts'
import { usePipelines } from '../model/pipelines.ts'
import { select } from '../model/selection.ts'
import { useView } from '../model/view.ts'
import { actions } from './actions.ts'

/** A line of Ctrl+K. */
export interface Entry {
  readonly id: string
  readonly group: string
  readonly title: string
  readonly about?: string
  readonly keys?: string
  readonly run: () => void
}

/** All that can be found now: actions, the nodes and settings of the open pipeline, node types, pipelines. */
export function entries(): readonly Entry[] {
  const open = useView.getState().place === 'pipeline' ? useDocument.getState().pipeline : null
  const nodes = Object.entries(open?.nodes ?? {})
  return [
    ...actions().map(({ id, title, group, keys, run }) => ({ id, title, group, run, ...(keys && { keys }) })),
    ...nodes.map(([id, { title, type }]) => ({
      id: `node ${id}`,
      group: 'Nodes',
      title: title ?? id,
      about: nodeType(type)?.title ?? type,
      run: () => {
        select({ nodes: [id] })
        focusNode(id)
      },
    })),
    ...nodes.flatMap(([id, { type }]) =>
      settingsOf(type).map((setting) => ({
        id: `setting ${id}.${setting}`,
        group: 'Settings',
        title: `${id}: ${setting}`,
        run: () => goTo(id, setting),
      })),
    ),
    ...(open
      ? useLibrary.getState().nodes.map(({ type, title, description }) => ({
          id: `add ${type}`,
          group: 'Add a node',
          title: `Add ${title}`,
          about: description,
          run: () => void addBeside(type),
        }))
      : []),
    ...(usePipelines.getState().pipelines ?? []).map(({ id, name }) => ({
      id: `open ${id}`,
      group: 'Pipelines',
      title: `Open ${name}`,
      about: id,
      run: () => void openPipeline(id),
    })),
  ]
}

function settingsOf(type: string): string[] {
  const config = nodeType(type)?.config
  const properties = (config as { properties?: object } | undefined)?.properties // JSON Schema of an object
  return Object.keys(properties ?? {})
}
