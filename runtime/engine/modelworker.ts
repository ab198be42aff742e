import { isAbsolute, join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { type MessagePort, parentPort } from 'node:worker_threads'
import { catalogueBeside } from '../catalogue/load.ts'
import { Pool, Receiver, Scope, Sender } from '../memory/index.ts'
import type { ModelNode, Session } from '../sdk/node.ts'
import { type Cut, inferAll, type Request, type Suspects } from './batching.ts'
import { systemClock } from './clock.ts'
import { Counters } from './counters.ts'
import type { ModelSuspects } from './crash/crashes.ts'
import { crashed } from './crash/failure.ts'
import { type PackedRows, packRows } from './crash/rows.ts'
import { Watched } from './crash/watched.ts'
import { judgeCounts } from './judge.ts'
import {
  type FromModel,
  type InferCall,
  type InferReply,
  type ModelStart,
  packError,
  type ToModel,
} from './messages.ts'
import { retried } from './retried.ts'
import { threadStart } from './threads.ts'

// A model's worker: one session, rows of all lanes merged into calls. It never ends in the middle of a call.

const start = await threadStart<ModelStart>()
const port = parentPort as MessagePort
const pool = new Pool(start.pool)

const { counts, suspects } = start
const all = new Counters(counts.writers, counts.nodes, counts.edges, counts.buffer)
const counters = all.writer(counts.row)
const watched = new Watched(start.watching, `model-${counts.row}`)
/** Says in the live counters that the model is at work, or no longer. */
const turn = (at: 'inferring' | null) => {
  for (const node of counts.own) counters.turn(node, at, performance.now())
}

/** Rows that are sorted together; more give less padding, but a longer wait for the first answer. */
const windowRows = 512
/** How long a call may go on after the run has ended. */
const patienceMilliseconds = 5000

interface Waiting extends Request {
  readonly id: number
  readonly scope: Scope
  readonly lane: Lane
}

interface Lane {
  readonly port: MessagePort
  readonly sender: Sender
  readonly receiver: Receiver
}

const waiting: Waiting[] = []
const lanes: Lane[] = []
let session: Session | undefined
let busy = false

const say = (message: FromModel) => port.postMessage(message)

port.on('message', (message: ToModel) => {
  if (message.type === 'close') void close()
  else {
    const lane = { port: message.port, sender: new Sender(pool), receiver: new Receiver(pool) }
    lanes.push(lane)
    lane.port.on('message', (call: InferCall) => take(lane, call))
  }
})

try {
  const before = performance.now()
  turn('inferring')
  const definition = (await (await catalogueBeside(start.folder)).load(start.node.type)) as ModelNode
  const log = (level: 'debug' | 'info' | 'warn', message: string) => say({ type: 'log', level, message })
  const open = () =>
    definition.resource.open({
      config: start.node.config as never,
      probe: start.node.probe,
      resolve: (path) => (isAbsolute(path) ? path : join(start.folder, path)),
      threads: start.threads,
      log,
    })
  session = await retried(open, systemClock, (error) => log('warn', `will be opened again: ${error.message}`))
  say({ type: 'open', about: session.about, milliseconds: performance.now() - before })
  turn(null)
  void work()
} catch (error) {
  turn(null)
  say({ type: 'failed', error: packError(error) })
}

function take(lane: Lane, call: InferCall): void {
  const scope = new Scope(pool)
  waiting.push({ id: call.id, lane, scope, batch: lane.receiver.receive(scope, call.batch), costs: call.costs })
  void work()
}

/** Answers what waits, a window at a time; between two windows new calls come in. */
async function work(): Promise<void> {
  if (busy || !session) return
  busy = true
  turn('inferring')
  while (waiting.length > 0) {
    await answer(nextWindow(), session)
    await setImmediate()
  }
  busy = false
  turn(null)
}

/** The oldest calls with up to `windowRows` rows, all of one shape. */
function nextWindow(): Waiting[] {
  const first = waiting[0] as Waiting
  let rows = 0
  let count = 0
  while (
    count < waiting.length &&
    (count === 0 || rows < windowRows) &&
    waiting[count]?.batch.schema.equals(first.batch.schema)
  ) {
    rows += waiting[count++]?.batch.rows ?? 0
  }
  return waiting.splice(0, count)
}

async function answer(calls: readonly Waiting[], open: Session): Promise<void> {
  const scope = new Scope(pool)
  const shapes: string[] = []
  const note = (cut: Cut) => shapes.push(shapeOf(cut, calls))
  try {
    const answers = await inferAll(calls, open.limits, (batch) => open.infer(batch), scope, {
      onCut: note,
      judge: judgeFailed,
      around: (cut, call) => watched.during({ do: 'infer', nodes: start.nodes, rows: rowsOf(cut, calls) }, call),
      suspects: suspects && suspectsIn(calls, suspects),
    })
    for (const [i, { id, lane }] of calls.entries()) {
      const { batch, failures } = answers[i] as (typeof answers)[number]
      lane.port.postMessage({ id, batch: lane.sender.send(batch), failures } satisfies InferReply)
    }
  } catch (error) {
    for (const { id, lane } of calls) lane.port.postMessage({ id, error: packError(error) } satisfies InferReply)
  } finally {
    scope.close()
    for (const call of calls) call.scope.close()
    say({ type: 'log', level: 'debug', message: `calls ${shapes.join(' ')}` })
  }
}

/** Which rows a call is for, small. */
function rowsOf(cut: Cut, calls: readonly Waiting[]): PackedRows[] {
  const rows = calls.map((): number[] => [])
  for (const { request, row } of cut) rows[request]?.push(row)
  return rows.flatMap((some, request) =>
    some.length ? [packRows((calls[request] as Waiting).batch.identity, some)] : [],
  )
}

function suspectsIn(calls: readonly Waiting[], { condemned, groups }: ModelSuspects): Suspects {
  const textOf = (request: number, row: number) => (calls[request] as Waiting).batch.identity.text(row)
  return {
    failure: (request, row) => {
      const signal = condemned.get(textOf(request, row))
      return signal === undefined ? null : crashed(start.node.id, signal)
    },
    group: (request, row) => groups.get(textOf(request, row)) ?? 0,
  }
}

/** A model that fails on everything ends the run as soon as the limit of rejected rows says so. */
function judgeFailed(failed: number, well: number): void {
  if (well > 0 || start.errorLimit === null) return
  const sum = (counter: 'in' | 'rejected', nodes: readonly number[]) =>
    nodes.reduce((total, node) => total + all.node(node, counter, 0), 0)
  const rejected = failed + sum('rejected', [...Array(counts.nodes).keys()])
  judgeCounts(start.errorLimit.setting, { read: sum('in', start.errorLimit.sources), rejected, worst: start.node.id })
}

/** A call in the log: its rows, and the cost of its costliest where rows have costs: `64×16`. */
function shapeOf(cut: Cut, calls: readonly Waiting[]): string {
  if (!calls.some(({ costs }) => costs)) return String(cut.length)
  return `${cut.length}×${Math.max(...cut.map(({ request, row }) => calls[request]?.costs?.[row] ?? 1))}`
}

/**
 * Ends after the call at work. A call that does not come back is left to itself after a while: this message was heard,
 * so no native code blocks the thread, and without its ports nothing keeps the worker alive.
 */
async function close(): Promise<void> {
  const latest = performance.now() + patienceMilliseconds
  while (busy && performance.now() < latest) await setTimeout(5)
  if (!busy) await session?.close()
  watched.close()
  for (const lane of lanes) lane.port.close()
  port.close()
}
