import { Batch, type Column, columnOf, type Field, gather, type ModelContext, Schema } from '@headrace/runtime/sdk'

/** What a node makes of a batch before it asks the model. */
export interface Prepared {
  /** The batch, without the rows that were rejected at once. */
  readonly batch: Batch
  /** The columns of the request: one row for each row of `rows`, or of the batch where that is null. */
  readonly request: readonly [Field, Column][]
  readonly rows: Int32Array | null
  readonly costs: Uint32Array | undefined
}

/** How a node asks a model. */
export interface Asking {
  /** Most rows of an output batch; input batches are cut to it. */
  readonly sliceRows: number
  readonly prepare: (batch: Batch) => Prepared
  /** The node's columns, from the answer's. */
  readonly results: (answer: Batch) => readonly [Field, Column][]
  /** The node's columns where no row was asked. */
  readonly fields: readonly Field[]
}

interface Pending extends Prepared {
  readonly answer: ReturnType<ModelContext<unknown>['infer']> | null
  /** Gives back what was kept while waiting. */
  readonly done: () => void
}

/** Batches and rows that wait for answers: enough to keep a model busy and to sort by length, little to hold. */
const window = { batches: 8, rows: 2048, bytes: 8 << 20 }

/**
 * Sends batches to the model, several ahead of the first answer, and gives input rows with the result columns, in order.
 * A row that the model fails on is rejected.
 */
export async function* throughModel<C>(context: ModelContext<C>, asking: Asking): AsyncGenerator<Batch> {
  const waiting: Pending[] = []
  let rows = 0
  let bytes = 0
  const next = async () => {
    const first = waiting.shift() as Pending
    rows -= first.batch.rows
    bytes -= first.batch.bytes
    try {
      return await finish(context, asking, first)
    } finally {
      first.done()
    }
  }
  try {
    for await (const whole of context.input) {
      for (let start = 0; start < whole.rows; start += asking.sliceRows) {
        const end = Math.min(whole.rows, start + asking.sliceRows)
        const pending = ask(context, asking.prepare(end - start === whole.rows ? whole : whole.slice(start, end)))
        waiting.push(pending)
        rows += pending.batch.rows
        bytes += pending.batch.bytes
      }
      while (waiting.length >= window.batches || rows >= window.rows || bytes >= window.bytes) {
        const batch = await next()
        if (batch.rows) yield batch
      }
    }
    while (waiting.length) {
      const batch = await next()
      if (batch.rows) yield batch
    }
  } finally {
    for (const pending of waiting) pending.done()
  }
}

function ask<C>(context: ModelContext<C>, prepared: Prepared): Pending {
  const { batch, request, rows, costs } = prepared
  batch.keep()
  const asked = rows ? batch.identity.take(rows) : batch.identity
  if (asked.rows === 0) return { ...prepared, answer: null, done: () => batch.release() }
  const schema = new Schema(request.map(([field]) => field))
  const sent = new Batch(
    context.scope,
    schema,
    request.map(([, column]) => column),
    asked,
  ).keep()
  const answer = context.infer(sent, costs)
  // When the split is stopped nobody waits for this any more, and a refusal must not end the process.
  answer.catch(() => {})
  const done = () => {
    batch.release()
    sent.release()
  }
  return { ...prepared, answer, done }
}

async function finish<C>(context: ModelContext<C>, asking: Asking, pending: Pending): Promise<Batch> {
  const { scope } = context
  const { batch, rows, answer } = pending
  if (!answer) return batch.with(empty(context, asking, batch.rows))
  const { batch: answered, failures } = await answer
  using result = answered
  const rowAt = (asked: number) => (rows ? (rows[asked] as number) : asked)
  const kept = batch.reject(failures.map((failure) => ({ ...failure, row: rowAt(failure.row) })))
  if (kept.rows === 0) return kept
  if (result.rows === 0) return kept.with(empty(context, asking, kept.rows))
  const columns = asking.results(result)
  if (!rows) return kept.with(columns)
  const places = placesOf(batch.rows, rows, new Set(failures.map((failure) => rowAt(failure.row))))
  return kept.with(columns.map(([field, column]) => [field, gather(scope, column, places)]))
}

/** For each row that stays its place in the answer; -1 for one that was not asked. */
function placesOf(total: number, asked: Int32Array, failed: ReadonlySet<number>): Int32Array {
  const answered = new Map<number, number>()
  for (const row of asked) if (!failed.has(row)) answered.set(row, answered.size)
  const staying = Array.from({ length: total }, (_, row) => row).filter((row) => !failed.has(row))
  return Int32Array.from(staying, (row) => answered.get(row) ?? -1)
}

const empty = <C>({ scope }: ModelContext<C>, { fields }: Asking, rows: number): [Field, Column][] =>
  fields.map((field) => [field, columnOf(scope, field.type, new Array(rows).fill(null))])
