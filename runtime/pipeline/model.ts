import type { Json } from '../sdk/node.ts'

/** A pipeline as its file describes it; edges are taken apart into node and port. */
export interface Pipeline {
  readonly headrace: 1
  readonly name?: string
  readonly description?: string
  readonly params?: { readonly [name: string]: PipelineParam }
  readonly settings: PipelineSettings
  /** In the order of the file. */
  readonly nodes: { readonly [id: string]: PipelineNode }
  readonly edges: readonly PipelineEdge[]
  /** Where the editor draws each node. */
  readonly layout?: { readonly [id: string]: Spot }
  /** Frames around nodes; a node stands in one at most, and ids that are no nodes are passed over. */
  readonly groups?: { readonly [id: string]: PipelineGroup }
  readonly notes?: { readonly [id: string]: PipelineNote }
}

/** A value that a run is given from outside: `${day}` in settings, `param.day` in expressions. */
export interface PipelineParam {
  /** As written; `paramTypeOf` gives what it stands for. */
  readonly type: string
  readonly default?: Json
  readonly description?: string
}

/** A place on the canvas, in pixels at zoom 1. */
export type Spot = readonly [x: number, y: number]

export interface PipelineGroup {
  readonly name: string
  readonly nodes: readonly string[]
  readonly collapsed?: boolean
}

/** A text on the canvas. */
export interface PipelineNote {
  readonly text: string
  readonly at: Spot
  readonly size?: readonly [width: number, height: number]
}

export interface PipelineNode {
  /** The node's file in its library: `transforms/filter`. '' where the file names none. */
  readonly type: string
  readonly config: { readonly [setting: string]: Json }
  readonly title?: string
  readonly note?: string
  readonly disabled?: boolean
}

/** Settings of a whole run, as written; `readBytes` and `readErrorLimit` give the numbers. */
export interface PipelineSettings {
  /** A count of rows, or a share like `"10%"`. */
  readonly errorLimit?: number | string
  /** Dead letters with which a run still counts as done. */
  readonly deadLetters?: number
  /** Bytes, or text like `"512MB"`. */
  readonly memory?: number | string
  readonly workers?: number
  /** Whether sinks keep each row's identity in a column `_identity`, as `run --lineage` does. */
  readonly lineage?: boolean
  /** When the editor's server runs it, where it was turned on there. */
  readonly schedule?: PipelineSchedule
}

/** A schedule as written; a JSON value, as other settings are. */
export type PipelineSchedule = {
  /** Five parts as cron has them, or `@daily`. */
  readonly cron: string
  /** A name like `Europe/Berlin`; UTC where it is missing. */
  readonly timeZone?: string
  /** Only files that no completed run has stored, as `run --new` does. */
  readonly new?: boolean
}

export interface PipelineEdge {
  readonly from: Port
  readonly to: Port
}

export interface Port {
  /** '' where the file's text could not be read. */
  readonly node: string
  /** '' for the only one. */
  readonly port: string
}

/** What may stand at the top of a pipeline's file, in the order in which it is written. */
export const topLevelKeys = [
  'headrace',
  'name',
  'description',
  'params',
  'settings',
  'nodes',
  'edges',
  'layout',
  'groups',
  'notes',
] as const

/** What may stand in a node, in the order in which it is written. */
export const nodeKeys = ['type', 'config', 'title', 'note', 'disabled'] as const

/** What may stand in a parameter, in the order in which it is written. */
export const paramKeys = ['type', 'default', 'description'] as const

/** What may stand in `settings`, in a group and in a note, in the order in which it is written. */
export const settingKeys = ['errorLimit', 'deadLetters', 'memory', 'workers', 'lineage', 'schedule'] as const
export const scheduleKeys = ['cron', 'timeZone', 'new'] as const
export const groupKeys = ['name', 'nodes', 'collapsed'] as const
export const noteKeys = ['text', 'at', 'size'] as const

/** A port as an edge names it: `emoji`, `emoji.rejects`. */
export const portText = ({ node, port }: Port): string => (port ? `${node}.${port}` : node)

/** An edge for people: `emoji.rejects → store`. */
export const edgeText = ({ from, to }: PipelineEdge): string => `${portText(from)} → ${portText(to)}`

/** Reads `emoji.rejects`; null where the text is no port. */
export function readPort(text: string): Port | null {
  const [node = '', port, ...more] = text.split('.')
  if (!node || more.length || port === '') return null
  return { node, port: port ?? '' }
}
