import { edgeCounters, nodeCounters } from '../../engine/counters.ts'
import type { Json } from '../../sdk/node.ts'
import { choice, count, listOf, mapOf, number, object, orNull, ref, text, yes } from './schemaparts.ts'

const rowCounts = object({ in: count, stored: count, filtered: count, rejected: count })
const counters = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, number]))

const run: { readonly [name: string]: Json } = {
  id: text,
  pipeline: orNull(text),
  file: text,
  name: text,
  status: choice('running', 'done', 'failed', 'stopped', 'unfinished'),
  started: { type: 'number', description: 'Milliseconds since 1970.' },
  origin: choice('page', 'terminal'),
  draft: yes,
  seconds: orNull(number),
  rows: orNull(rowCounts),
  balanced: orNull(yes),
  exitCode: orNull({ type: 'integer' }),
  error: orNull(object({ message: text }, { hint: text, node: text })),
  rejected: count,
  rowsExpected: orNull(count),
  replayOf: orNull(text),
  folder: text,
}

const place: Json = {
  type: 'object',
  description: 'Every part is known or left out.',
  properties: { node: text, setting: text, edge: count, file: text, line: count, column: text, row: count },
}

const cell: Json = {
  description: 'A value, cut where it is long. int64, decimals and times are texts with all their digits.',
  anyOf: [
    { type: ['null', 'boolean', 'number', 'string'] },
    object({ text, length: count }),
    object({ vector: count, norm: number, sketch: listOf(number) }),
    object({ bytes: count, head: text }),
    object({ json: text, length: count }),
  ],
}

const question = { pipeline: text, text }

/** The schemas that the paths of runs name. */
export const runsSchemas: { readonly [name: string]: Json } = {
  Problem: object({ severity: choice('error', 'warning'), code: text, message: text, place }, { hint: text }),
  Refusal: object({ error: text }, { hint: text, problems: listOf(ref('Problem')), run: ref('RunView') }),
  RunView: object(run),
  RunDetail: object({ ...run, report: orNull(ref('Report')), text, command: text, last: orNull(ref('Snapshot')) }),
  Report: object({
    runId: text,
    pipeline: text,
    status: choice('done', 'failed', 'stopped'),
    exitCode: { type: 'integer' },
    seconds: number,
    nodes: mapOf(
      object({ kind: text, in: count, out: count, parents: count, filtered: count, rejected: count, bytes: count }),
    ),
    rows: rowCounts,
    balanced: yes,
    deadLetters: object({ count, file: orNull(text) }),
    outputs: listOf({ type: 'object' }),
    folder: text,
  }),
  Snapshot: object({
    at: { type: 'number', description: 'Milliseconds that the run has been at work.' },
    nodes: mapOf(object(counters(nodeCounters))),
    edges: listOf(object({ from: text, port: text, to: text, ...counters(edgeCounters) })),
  }),
  StartRun: object(
    { pipeline: text },
    {
      draft: { type: 'string', description: 'Run this text, not the file’s.' },
      set: listOf(text),
      limit: count,
      anew: yes,
    },
  ),
  FollowLine: {
    anyOf: [
      object({ type: { const: 'started' }, run: ref('RunView') }),
      { allOf: [object({ type: { const: 'counters' } }), ref('Snapshot')] },
      object({ type: { const: 'ended' }, run: ref('RunView'), report: orNull(ref('Report')) }),
    ],
  },
  LogPage: object({
    lines: listOf(object({ at: text, level: choice('debug', 'info', 'warn', 'error'), message: text }, { node: text })),
    next: { type: 'integer', minimum: 0, description: 'The place to ask after next time.' },
  }),
  ReplayQuestion: object({}, { rows: listOf(count), raw: mapOf(text), values: mapOf({ type: 'object' }) }),
  Cell: cell,
  RowsPage: object({
    columns: listOf(object({ name: text, type: text })),
    rows: listOf(listOf(ref('Cell'))),
    identities: listOf(text),
    total: orNull(count),
    at: number,
  }),
  RejectedPage: object({
    total: count,
    rows: listOf(
      object({
        index: count,
        identity: text,
        node: text,
        code: text,
        message: text,
        column: orNull(text),
        file: orNull(text),
        line: orNull(count),
        raw: orNull(text),
        values: mapOf(ref('Cell')),
      }),
    ),
  }),
  PreviewQuestion: object({ ...question, node: orNull(text) }, { rows: count }),
  PreviewAnswer: object({
    problems: listOf(ref('Problem')),
    nodes: mapOf(object({ in: count, out: count, filtered: count, rejected: count, cached: yes, limited: yes })),
    edges: mapOf(ref('RowsPage')),
    rejected: ref('RejectedPage'),
    complete: yes,
    seconds: number,
  }),
  SearchQuestion: object({ ...question, node: text, question: text }, { rows: count }),
  SearchAnswer: object({ rows: ref('RowsPage'), milliseconds: number }),
}
