import { setImmediate, setTimeout } from 'node:timers/promises'
import { type MessagePort, parentPort } from 'node:worker_threads'
import { Pool, Receiver, Scope, Sender } from '../memory/index.ts'
import type { Session } from '../sdk/node.ts'
import { type Cut, inferAll, type Limits, type Request, type Suspects } from './batching.ts'
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
import { openSession } from './sessions/open.ts'
import { patienceMilliseconds } from './sessions/patience.ts'
import { callsOnTheirWay, closing, RemoteSession } from './sessions/remote.ts'
import { type Seat, Seats } from './sessions/seats.ts'
import { threadStart } from './threads.ts'

// A model's worker: rows of all lanes merged into calls, for its session or for several in threads of their own. It
// never ends in the middle of a call.

const start = await threadStart<ModelStart>()
const port = parentPort as MessagePort
const pool = new Pool(start.pool)

const { counts, suspects } = start
const all = new Counters(counts.writers, counts.nodes, counts.edges, counts.buffer)
const counters = all.writer(counts.row)
const watched = new Watched(start.watching, start.name)
/** Says in the live counters that the model is at work, or no longer. */
const turn = (at: 'inferring' | null) => {
  for (const node of counts.own) counters.turn(node, at, performance.now())
}

/**
 * Rows that are taken together; where they have costs they are sorted. More give less padding (of texts of 12 to 256
 * tokens 256 pad 3 %, 512 2 % and 1,024 1 %), but a longer wait for the first answer, and a lane has 2,048 rows on
 * their way at most: half of them must be left for the next window. A slow model gets fewer.
 */
const windowRows = { least: 128, plain: 512, most: 1024 }
/** A window that took less may be larger the next time; one that took more will be smaller. */
const windowMilliseconds = { least: 8000, most: 20_000 }
let rowsAtOnce = windowRows.plain

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

/** Calls of a window on their way: also for sessions that are not open yet, so that it has them before the next window. */
const atOnce = start.sessions === 1 ? 1 : start.sessions * callsOnTheirWay

const waiting: Waiting[] = []
const lanes: Lane[] = []
const seats = new Seats()
const remotes: RemoteSession[] = []
let own: Session | null = null
let limits: Limits = { rows: 1, cost: 1 }
let taking = false
let closed = false
/** Windows at work, and the last of them. */
let windows = 0
let last: Promise<void> = Promise.resolve()

const say = (message: FromModel) => port.postMessage(message)

port.on('message', (message: ToModel) => {
  if (message.type === 'close') void close()
  else if (message.type === 'session') remotes.push(new RemoteSession(pool, message.port, opened))
  else {
    const lane = { port: message.port, sender: new Sender(pool), receiver: new Receiver(pool) }
    lanes.push(lane)
    lane.port.on('message', (call: InferCall) => take(lane, call))
  }
})

// Opening is the model's time, too.
turn('inferring')
if (start.sessions === 1) {
  own = await openSession(start, say)
  if (own) opened(here(own), own.limits)
  else turn(null)
}

/** A session in this thread: a call blocks it. */
function here(session: Session): Seat {
  const ask: Seat['ask'] = (batch, rows) =>
    watched.during({ do: 'infer', nodes: start.nodes, rows }, () => session.infer(batch))
  return { room: 1, ask }
}

function opened(seat: Seat, its: Limits): void {
  if (seats.room === 0) turn(null)
  limits = its
  seats.add(seat)
  void work()
}

function take(lane: Lane, call: InferCall): void {
  const scope = new Scope(pool)
  waiting.push({ id: call.id, lane, scope, batch: lane.receiver.receive(scope, call.batch), costs: call.costs })
  void work()
}

/** Takes what waits, a window at a time, as soon as a session has nothing of the windows before: between two new calls come in. */
async function work(): Promise<void> {
  if (taking || seats.room === 0) return
  taking = true
  while (waiting.length > 0 && !closed) {
    await seats.free()
    await setImmediate()
    if (!closed) last = answer(nextWindow(), last)
  }
  taking = false
}

/** The oldest calls with as many rows as a window has, all of one shape. */
function nextWindow(): Waiting[] {
  const first = waiting[0] as Waiting
  const most = first.costs ? rowsAtOnce : Math.min(rowsAtOnce, windowRows.plain)
  let rows = 0
  let count = 0
  while (
    count < waiting.length &&
    (count === 0 || rows < most) &&
    waiting[count]?.batch.schema.equals(first.batch.schema)
  ) {
    rows += waiting[count++]?.batch.rows ?? 0
  }
  return waiting.splice(0, count)
}

/** Answers calls after those `before` them. */
async function answer(calls: readonly Waiting[], before: Promise<void>): Promise<void> {
  if (windows++ === 0) turn('inferring')
  const scope = new Scope(pool)
  const shapes: string[] = []
  const began = performance.now()
  try {
    const answers = await inferAll(
      calls,
      limits,
      (batch, cut) => seats.during((seat) => seat.ask(batch, rowsOf(cut, calls))),
      scope,
      {
        atOnce,
        onCut: (cut) => shapes.push(shapeOf(cut, calls)),
        judge: judgeFailed,
        suspects: suspects && suspectsIn(calls, suspects),
      },
    )
    learn(performance.now() - began)
    await before
    for (const [i, { id, lane }] of calls.entries()) {
      const { batch, failures } = answers[i] as (typeof answers)[number]
      lane.port.postMessage({ id, batch: lane.sender.send(batch), failures } satisfies InferReply)
    }
  } catch (error) {
    await before
    for (const { id, lane } of calls) lane.port.postMessage({ id, error: packError(error) } satisfies InferReply)
  } finally {
    scope.close()
    for (const call of calls) call.scope.close()
    say({ type: 'log', level: 'debug', message: `calls ${shapes.join(' ')}` })
    if (--windows === 0) turn(null)
  }
}

/** From how long a window took. */
function learn(milliseconds: number): void {
  if (milliseconds < windowMilliseconds.least) rowsAtOnce = Math.min(windowRows.most, rowsAtOnce * 2)
  else if (milliseconds > windowMilliseconds.most) rowsAtOnce = Math.max(windowRows.least, rowsAtOnce / 2)
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
 * Ends after the calls at work. One that does not come back is left to itself after a while: this message was heard, so
 * no native code blocks the thread, and without its ports nothing keeps the worker alive.
 */
async function close(): Promise<void> {
  closed = true
  seats.stop(closing())
  const latest = performance.now() + patienceMilliseconds
  while (windows > 0 && performance.now() < latest) await setTimeout(5)
  if (windows === 0) await own?.close()
  watched.close()
  for (const remote of remotes) remote.close()
  for (const lane of lanes) lane.port.close()
  port.close()
}
