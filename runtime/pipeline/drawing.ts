import type { Json } from '../sdk/node.ts'
import { groupKeys, noteKeys, type Pipeline, type PipelineGroup, type PipelineNote, type Spot } from './model.ts'
import { isObject, type JsonObject, pathText, type Reader } from './reader.ts'
import { kindOf } from './shape.ts'

/** Reads what only the drawing is made of: where nodes stand, groups and notes. What has a wrong shape is left out. */
export function readDrawing(value: JsonObject, reader: Reader): Pick<Pipeline, 'layout' | 'groups' | 'notes'> {
  const layout = readEach(value, 'layout', reader, (spot, id) => readPair(spot, ['layout', id], reader))
  const groups = readEach(value, 'groups', reader, (group, id) => readGroup(group, id, reader))
  const notes = readEach(value, 'notes', reader, (note, id) => readNote(note, id, reader))
  return { ...(layout && { layout }), ...(groups && { groups }), ...(notes && { notes }) }
}

function readEach<T>(
  value: JsonObject,
  key: 'layout' | 'groups' | 'notes',
  reader: Reader,
  read: (entry: Json, id: string) => T | null,
): Record<string, T> | undefined {
  const entries = reader.typed(value, key, [], 'object')
  if (!entries) return undefined
  const found = Object.entries(entries).map(([id, entry]): [string, T | null] => [id, read(entry, id)])
  return Object.fromEntries(found.filter((one): one is [string, T] => one[1] !== null))
}

function readPair(value: Json | undefined, path: readonly string[], reader: Reader): Spot | null {
  const [x, y, ...more] = Array.isArray(value) ? value : []
  if (typeof x === 'number' && typeof y === 'number' && more.length === 0) return [x, y]
  const message = `${pathText(path)}: expected two numbers, found ${kindOf(value)}`
  reader.report('wrong-shape', path, message, 'Write [x, y].')
  return null
}

function readGroup(value: Json, id: string, reader: Reader): PipelineGroup | null {
  const path = ['groups', id]
  if (!isObject(value)) {
    const hint = 'Write { "name": "Cleaning", "nodes": ["tidy", "numbers"] }.'
    reader.report('wrong-shape', path, `groups.${id}: expected an object, found ${kindOf(value)}`, hint)
    return null
  }
  reader.keys(value, path, groupKeys)
  const nodes = reader.typed(value, 'nodes', path, 'array') ?? []
  const wrong = nodes.find((node) => typeof node !== 'string')
  if (wrong !== undefined) {
    const message = `groups.${id}.nodes: expected node ids, found ${kindOf(wrong)}`
    reader.report('wrong-shape', [...path, 'nodes'], message, 'Write ["tidy", "numbers"].')
  }
  const collapsed = reader.typed(value, 'collapsed', path, 'boolean')
  return {
    name: reader.typed(value, 'name', path, 'string') ?? '',
    nodes: nodes.filter((node) => typeof node === 'string'),
    ...(collapsed !== undefined && { collapsed }),
  }
}

function readNote(value: Json, id: string, reader: Reader): PipelineNote | null {
  const path = ['notes', id]
  if (!isObject(value)) {
    const hint = 'Write { "text": "…", "at": [0, 0] }.'
    reader.report('wrong-shape', path, `notes.${id}: expected an object, found ${kindOf(value)}`, hint)
    return null
  }
  reader.keys(value, path, noteKeys)
  const at = readPair(value['at'], [...path, 'at'], reader)
  const size = value['size'] === undefined ? null : readPair(value['size'], [...path, 'size'], reader)
  if (!at) return null
  return { text: reader.typed(value, 'text', path, 'string') ?? '', at, ...(size && { size }) }
}
