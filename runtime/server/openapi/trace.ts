import { type ApiSchema, about, list, number, object, oneOf, orNull, ref, text, whole, yes } from './schema.ts'

const columns = list(object({ column: text, type: text, value: ref('Cell') }))

/** What the way of a row looks like over REST. */
export const traceSchemas: { readonly [name: string]: ApiSchema } = {
  TraceQuestion: object({
    row: about(text, 'An identity, a file and a row’s number in it (`data.csv:17`), or `column=value`.'),
    'rows?': about(whole, 'Of the rows that have the value so many; 3 where it is not said, 20 at most.'),
  }),
  Trace: object({
    run: text,
    pipeline: text,
    status: oneOf('running', 'done', 'failed', 'stopped', 'unfinished'),
    asked: text,
    found: whole,
    notes: list(text),
    rows: list(ref('TracedRow')),
  }),
  TracedRow: object({
    identity: text,
    node: text,
    file: text,
    row: whole,
    line: orNull(whole),
    raw: orNull(text),
    steps: list(ref('TraceStep')),
    fates: list(ref('TracedFate')),
  }),
  TraceStep: object({
    node: text,
    type: text,
    kind: oneOf('source', 'transform', 'table', 'model', 'sink'),
    identity: text,
    outcome: oneOf('passed', 'filtered', 'rejected', 'stored', 'unknown'),
    outputs: list(ref('TracedOutput')),
    more: whole,
    conditions: list(object({ setting: text, expression: text, value: orNull(yes), error: orNull(text), columns })),
    rejected: orNull(object({ code: text, message: text, column: orNull(text) })),
    note: orNull(text),
  }),
  TracedOutput: object({
    identity: text,
    port: text,
    to: list(text),
    values: list(
      object({
        column: text,
        type: text,
        value: ref('Cell'),
        mark: orNull(oneOf('new', 'changed')),
        before: ref('Cell'),
        'head?': about(list(number), 'Of a vector its first numbers.'),
      }),
    ),
    dropped: list(text),
  }),
  TracedFate: object({
    identity: text,
    node: text,
    fate: oneOf('stored', 'waiting', 'replaced', 'filtered', 'rejected', 'unknown'),
    sentence: text,
    output: orNull(text),
  }),
}
