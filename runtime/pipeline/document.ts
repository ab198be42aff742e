import type { Json } from '../sdk/node.ts'
import { leastMemory, readBytes, readErrorLimit } from './amounts.ts'
import { readDrawing } from './drawing.ts'
import { readJson } from './json.ts'
import {
  nodeKeys,
  type Pipeline,
  type PipelineEdge,
  type PipelineNode,
  type PipelineSettings,
  type Port,
  readPort,
  topLevelKeys,
} from './model.ts'
import { readParams } from './params/declare.ts'
import type { Path, Positions } from './positions.ts'
import type { Problem } from './problem.ts'
import { isObject, type JsonObject, pathText, Reader } from './reader.ts'
import { isSchedule, readSchedule } from './schedule.ts'
import { kindOf } from './shape.ts'

/** The file version that this Headrace writes and reads. */
export const fileVersion = 1

export interface ParsedPipeline {
  /** Null where the text is no JSON object or of another version; else with everything in it that could be read. */
  readonly pipeline: Pipeline | null
  readonly problems: Problem[]
  readonly positions: Positions
}

/** Reads a pipeline's file: strict JSON, known keys, right shapes. Never throws; `file` goes into the problems' places. */
export function parsePipeline(text: string, file?: string): ParsedPipeline {
  const { value, problems, positions } = readJson(text, file)
  if (value === undefined) return { pipeline: null, problems, positions }
  const reader = new Reader(positions, problems)
  if (!isObject(value)) {
    reader.report('wrong-shape', [], `expected an object, found ${kindOf(value)}`, 'A pipeline is a JSON object.')
    return { pipeline: null, problems, positions }
  }
  if (!checkVersion(value, reader)) return { pipeline: null, problems, positions }
  reader.keys(value, [], topLevelKeys)
  return { pipeline: readTop(value, reader), problems, positions }
}

function checkVersion(value: JsonObject, reader: Reader): boolean {
  const version = value.headrace
  if (version === fileVersion) return true
  if (typeof version === 'number' && version > fileVersion) {
    const message = `the file's version is ${version}, and this Headrace reads up to ${fileVersion}`
    reader.report('newer-version', ['headrace'], message, 'Update Headrace.')
    return false
  }
  if (version === undefined) {
    const message = 'the file\'s version is missing: "headrace": 1'
    reader.report('missing-version', [], message, `Add "headrace": ${fileVersion} as the first key.`)
    return 'nodes' in value
  }
  const message = `the file's version must be ${fileVersion}, found ${kindOf(version)}`
  reader.report('wrong-version', ['headrace'], message, `Write "headrace": ${fileVersion}.`)
  return true
}

function readTop(value: JsonObject, reader: Reader): Pipeline {
  const nodes = readNodes(value, reader)
  const name = reader.typed(value, 'name', [], 'string')
  const description = reader.typed(value, 'description', [], 'string')
  const params = readParams(value, reader)
  return {
    headrace: 1,
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(params && { params }),
    settings: readSettings(value, reader),
    nodes,
    edges: readEdges(value, reader),
    ...readDrawing(value, reader),
  }
}

function readNodes(value: JsonObject, reader: Reader): Record<string, PipelineNode> {
  if (value.nodes === undefined) {
    reader.report('wrong-shape', [], 'the key "nodes" is missing', 'A pipeline has nodes: { "id": { "type": … } }.')
  }
  const nodes = reader.typed(value, 'nodes', [], 'object') ?? {}
  const read: Record<string, PipelineNode> = {}
  for (const id of Object.keys(nodes)) {
    const path = ['nodes', id]
    if (!/^[a-z][a-z0-9_-]*$/.test(id)) {
      const hint = `Ids begin with a small letter and go on with a-z, 0-9, _ and -: "${idLike(id)}".`
      reader.report('bad-node-id', path, `"${id}" cannot be a node's id`, hint)
    }
    const node = reader.typed(nodes, id, ['nodes'], 'object')
    read[id] = node ? readNode(node, path, reader) : { type: '', config: {} }
  }
  return read
}

const idLike = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^[^a-z]+/, '') || 'node'

function readNode(node: JsonObject, path: Path, reader: Reader): PipelineNode {
  reader.keys(node, path, nodeKeys)
  if (node.type === undefined || node.type === '') {
    const hint = 'Name a file of a node library: "type": "sources/csv".'
    reader.report('wrong-shape', path, `${pathText(path)} has no type`, hint)
  }
  const title = reader.typed(node, 'title', path, 'string')
  const note = reader.typed(node, 'note', path, 'string')
  const disabled = reader.typed(node, 'disabled', path, 'boolean')
  return {
    type: reader.typed(node, 'type', path, 'string') ?? '',
    config: reader.typed(node, 'config', path, 'object') ?? {},
    ...(title !== undefined && { title }),
    ...(note !== undefined && { note }),
    ...(disabled !== undefined && { disabled }),
  }
}

function readEdges(value: JsonObject, reader: Reader): PipelineEdge[] {
  const unread: Port = { node: '', port: '' }
  return (reader.typed(value, 'edges', [], 'array') ?? []).map((edge, index) => {
    const path = ['edges', index]
    if (!isObject(edge)) {
      const hint = 'Write { "from": "orders", "to": "store" }.'
      reader.report('bad-edge', path, `edge ${index + 1}: expected an object, found ${kindOf(edge)}`, hint)
      return { from: unread, to: unread }
    }
    reader.keys(edge, path, ['from', 'to'])
    const from = readEnd(edge, 'from', index, reader)
    const to = readEnd(edge, 'to', index, reader)
    return { from: from ?? unread, to: to ?? unread }
  })
}

function readEnd(edge: JsonObject, end: 'from' | 'to', index: number, reader: Reader): Port | null {
  const text = edge[end]
  const port = typeof text === 'string' ? readPort(text) : null
  if (port) return port
  const found = text === undefined ? `"${end}" is missing` : `"${end}" is ${kindOf(text)}`
  const hint = 'Name a node, or a node and its port: "orders", "orders.rejects".'
  reader.report('bad-edge', ['edges', index, end], `edge ${index + 1}: ${found}`, hint)
  return null
}

function readSettings(value: JsonObject, reader: Reader): PipelineSettings {
  const written = reader.typed(value, 'settings', [], 'object') ?? {}
  reader.keys(written, ['settings'], Object.keys(settingForms))
  const settings = readSchedule(written, reader)
  const read: Record<string, Json> = {}
  for (const [name, { fits, form }] of Object.entries(settingForms)) {
    const given = settings[name]
    if (given === undefined) continue
    if (fits(given)) read[name] = given
    else
      reader.report(
        'wrong-shape',
        ['settings', name],
        `settings.${name}: ${kindOf(given)} is not ${form}`,
        `Write ${form}.`,
      )
  }
  return read
}

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value)

const settingForms: Record<keyof PipelineSettings, { fits: (value: unknown) => boolean; form: string }> = {
  errorLimit: {
    fits: (value) => readErrorLimit(value) !== null,
    form: 'a count of rows like 500, or a share like "10%"',
  },
  deadLetters: { fits: (value) => isWhole(value) && value >= 0, form: 'a whole number from 0' },
  memory: {
    fits: (value) => (readBytes(value) ?? 0) >= leastMemory,
    form: 'a megabyte or more: bytes, or a text like "512MB" or "1GiB"',
  },
  workers: { fits: (value) => isWhole(value) && value >= 1 && value <= 1024, form: 'a whole number from 1 to 1024' },
  lineage: { fits: (value) => typeof value === 'boolean', form: 'true or false' },
  schedule: { fits: isSchedule, form: 'an object like { "cron": "0 2 * * *", "timeZone": "Europe/Berlin" }' },
}
