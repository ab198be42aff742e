import fc from 'fast-check'
import type { Json } from '../../sdk/node.ts'
import { fileValue } from '../format.ts'
import type { Pipeline, PipelineNode, PipelineParam, Port, Spot } from '../model.ts'
import * as edit from './index.ts'

// Random pipelines, ways to write them and changes, for the tests of the text.

const anyId = fc.constantFrom('a', 'b', 'c', 'd', 'orders', 'text-2', 'x_y', 'store')
const anyKey = fc.constantFrom('path', 'where', 'columns', 'ä ö', 'n', 'a.b', '""', 'rows')
const anyNumber = fc.oneof(fc.integer({ min: -999, max: 999 }), fc.constantFrom(1e21, 0.1, 1e-7, 1000))
const anyText = fc.oneof(fc.constantFrom('', 'a', 'Zoë', 'x\ny', '"q"', '🌊', 'price > 1', ', ]'), fc.string())
const anyJson: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    anyText,
    anyNumber,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(anyKey, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value

const anySpot: fc.Arbitrary<Spot> = fc.tuple(fc.integer({ min: -500, max: 500 }), fc.integer({ min: 0, max: 99 }))
const anyConfig = fc.dictionary(anyKey, anyJson, { maxKeys: 4, noNullPrototype: true })
const anyNode: fc.Arbitrary<PipelineNode> = fc.record(
  { type: fc.constantFrom('sources/csv', 'transforms/x', 'sinks/y'), config: anyConfig, title: anyText, note: anyText },
  { requiredKeys: ['type', 'config'] },
)
const anyParam: fc.Arbitrary<PipelineParam> = fc.record(
  { type: fc.constantFrom('string', 'date', 'int64', 'text'), default: anyJson, description: anyText },
  { requiredKeys: ['type'] },
)
const anyPort: fc.Arbitrary<Port> = fc.record({ node: anyId, port: fc.constantFrom('', '', 'rejects') })
const anyGroup = fc.record(
  { name: anyText, nodes: fc.uniqueArray(anyId, { maxLength: 3 }), collapsed: fc.constant(true) },
  { requiredKeys: ['name', 'nodes'] },
)
const anyNote = fc.record({ text: anyText, at: anySpot, size: anySpot }, { requiredKeys: ['text', 'at'] })
const map = <T>(value: fc.Arbitrary<T>, minKeys = 0) =>
  fc.dictionary(anyId, value, { minKeys, maxKeys: 6, noNullPrototype: true })

/** Any pipeline that a file can hold. */
export const anyPipeline: fc.Arbitrary<Pipeline> = fc.record(
  {
    headrace: fc.constant(1 as const),
    name: anyText,
    params: map(anyParam),
    settings: fc.record({ workers: fc.constantFrom(1, 2), memory: fc.constantFrom('1GB', 2e9) }, { requiredKeys: [] }),
    nodes: map(anyNode),
    edges: fc.array(fc.record({ from: anyPort, to: anyPort }), { maxLength: 8 }),
    layout: map(anySpot),
    groups: map(anyGroup, 1),
    notes: map(anyNote, 1),
  },
  { requiredKeys: ['headrace', 'settings', 'nodes', 'edges'] },
)

/** A way to write a file. */
export interface Writing {
  readonly unit: string | null
  readonly eol: string
  readonly colon: string
  readonly comma: string
  readonly pad: string
  /** Which lists and objects stand on one line. */
  readonly inline: 'none' | 'edges' | 'leaves'
  readonly shuffle: number
  readonly mark: boolean
  readonly end: string
  readonly codes: boolean
}

export const anyWriting: fc.Arbitrary<Writing> = fc.record({
  unit: fc.constantFrom(null, '  ', '    ', '\t', ' '),
  eol: fc.constantFrom('\n', '\r\n'),
  colon: fc.constantFrom(': ', ':', ' : '),
  comma: fc.constantFrom(', ', ',', ' , '),
  pad: fc.constantFrom('', ' ', '  '),
  inline: fc.constantFrom('none', 'edges', 'leaves'),
  shuffle: fc.nat(50),
  mark: fc.boolean(),
  end: fc.constantFrom('', 'newline'),
  codes: fc.boolean(),
})

/** The pipeline's text in a way of writing. */
export function writtenAs(pipeline: Pipeline, writing: Writing): string {
  const { unit, eol, colon, comma, pad, inline, shuffle, mark, end, codes } = writing
  const value = fileValue(pipeline)
  const keys = Object.keys(value)
  const turned = keys.map((_, i) => keys[(i + shuffle) % keys.length] as string)
  const text = write(Object.fromEntries(turned.map((key) => [key, value[key] as Json])), '', 0)
  return (mark ? '\ufeff' : '') + text + (end ? eol : '')

  function write(item: Json, indent: string, depth: number): string {
    const list = Array.isArray(item)
    if (typeof item !== 'object' || item === null) return scalar(item)
    const parts = list
      ? (item as Json[]).map((one) => ['', one] as const)
      : Object.entries(item).map(([key, one]) => [`${scalar(key)}${colon}`, one] as const)
    const [open, close] = list ? (['[', ']'] as const) : (['{', '}'] as const)
    const flat = unit === null || (inline === 'leaves' && depth > 2) || (inline === 'edges' && depth === 2)
    const inner = unit === null ? indent : indent + unit
    if (parts.length === 0) return open + close
    const written = parts.map(([name, one]) => name + (flat ? oneLine(one) : write(one, inner, depth + 1)))
    if (flat) return `${open}${pad}${written.join(comma)}${pad}${close}`
    return `${open}${eol}${written.map((line) => inner + line).join(`,${eol}`)}${eol}${indent}${close}`
  }

  function oneLine(item: Json): string {
    if (typeof item !== 'object' || item === null) return scalar(item)
    const parts = Array.isArray(item)
      ? item.map(oneLine)
      : Object.entries(item).map(([key, one]) => scalar(key) + colon + oneLine(one as Json))
    const [open, close] = Array.isArray(item) ? (['[', ']'] as const) : (['{', '}'] as const)
    return parts.length ? `${open}${pad}${parts.join(comma)}${pad}${close}` : open + close
  }

  function scalar(item: Json): string {
    if (typeof item === 'number' && Number.isInteger(item) && Math.abs(item) < 1e6 && codes) return `${item}.0`
    const text = JSON.stringify(item)
    return codes ? text.replace(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`) : text
  }
}

type Operation = (pipeline: Pipeline) => Pipeline

/** Any change that the page can make. */
export const anyOperation: fc.Arbitrary<Operation> = fc.oneof(
  fc.tuple(anyId, anyNode, anySpot).map(
    ([id, node, at]): Operation =>
      (p) =>
        edit.addNode(p, edit.freeId(p, id), node, at),
  ),
  fc.tuple(fc.uniqueArray(anyId), fc.boolean()).map(
    ([ids, tie]): Operation =>
      (p) =>
        edit.removeNodes(p, ids, tie),
  ),
  fc.tuple(anyId, anyId).map(
    ([id, to]): Operation =>
      (p) =>
        edit.renameNode(p, id, to),
  ),
  fc.tuple(anyPort, anyPort).map(
    ([from, to]): Operation =>
      (p) =>
        edit.connect(p, { from, to }),
  ),
  fc.nat(8).map(
    (n): Operation =>
      (p) =>
        p.edges[n] ? edit.disconnect(p, p.edges[n]) : p,
  ),
  fc.tuple(fc.nat(8), anyId).map(
    ([n, id]): Operation =>
      (p) =>
        p.edges[n] ? edit.splice(p, p.edges[n], id) : p,
  ),
  fc.tuple(anyId, fc.array(anyKey, { minLength: 1, maxLength: 3 }), fc.option(anyJson, { nil: undefined })).map(
    ([id, path, value]): Operation =>
      (p) =>
        edit.setSetting(p, id, path, value),
  ),
  fc.tuple(anyId, anyConfig).map(
    ([id, config]): Operation =>
      (p) =>
        p.nodes[id] ? { ...p, nodes: { ...p.nodes, [id]: { ...p.nodes[id], config } } } : p,
  ),
  fc.tuple(anyId, fc.boolean()).map(
    ([id, off]): Operation =>
      (p) =>
        edit.setNodeKey(p, id, 'disabled', off),
  ),
  fc.tuple(anyId, anyText).map(
    ([id, title]): Operation =>
      (p) =>
        edit.setNodeKey(p, id, 'title', title),
  ),
  fc.dictionary(anyId, anySpot, { noNullPrototype: true }).map(
    (spots): Operation =>
      (p) =>
        edit.moveNodes(p, spots),
  ),
  fc.tuple(fc.uniqueArray(anyId), anyText).map(
    ([ids, name]): Operation =>
      (p) =>
        edit.groupNodes(p, ids, name),
  ),
  fc.tuple(anyId, fc.boolean()).map(
    ([id, on]): Operation =>
      (p) =>
        edit.collapseGroup(p, id, on),
  ),
  anyId.map(
    (id): Operation =>
      (p) =>
        edit.ungroup(p, id),
  ),
  fc.tuple(fc.uniqueArray(anyId), fc.option(anyId)).map(
    ([ids, to]): Operation =>
      (p) =>
        edit.moveToGroup(p, ids, to),
  ),
  anyNote.map(
    (note): Operation =>
      (p) =>
        edit.addNote(p, edit.freeNoteId(p), note),
  ),
  fc.tuple(anyId, anySpot).map(
    ([id, at]): Operation =>
      (p) =>
        edit.moveNote(p, id, at),
  ),
  anyId.map(
    (id): Operation =>
      (p) =>
        edit.removeNotes(p, [id]),
  ),
  fc.option(anyText, { nil: undefined }).map(
    (name): Operation =>
      (p) =>
        edit.setTop(p, 'name', name),
  ),
  fc.constantFrom(undefined, 4).map(
    (n): Operation =>
      (p) =>
        edit.setRunSetting(p, 'workers', n),
  ),
)
