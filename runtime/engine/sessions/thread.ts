import { setTimeout } from 'node:timers/promises'
import { type MessagePort, parentPort } from 'node:worker_threads'
import { Batch, Pool, Receiver, Scope, Sender } from '../../memory/index.ts'
import { fault } from '../../pipeline/fault.ts'
import { Schema } from '../../pipeline/schema.ts'
import type { Session } from '../../sdk/node.ts'
import { Watched } from '../crash/watched.ts'
import {
  type ErrorMessage,
  packError,
  type SessionCall,
  type SessionReply,
  type SessionStart,
  type ToSession,
} from '../messages.ts'
import { threadStart } from '../threads.ts'
import { openSession } from './open.ts'
import { patienceMilliseconds } from './patience.ts'
import { closing } from './remote.ts'

// One session of a model that has several, in a thread of its own: native code blocks it. It takes calls from the
// model's worker, one at a time, and never ends in the middle of one.

const start = await threadStart<SessionStart>()
const port = parentPort as MessagePort
const pool = new Pool(start.pool)
const sender = new Sender(pool)
const receiver = new Receiver(pool)
const watched = new Watched(start.watching, start.name)
const waiting: SessionCall[] = []
let session: Session | null = null
let worker: MessagePort | undefined
let busy = false
let closed = false
const answer = (reply: SessionReply) => worker?.postMessage(reply)

port.on('message', (message: ToSession) => {
  if (message.type === 'close') void close()
  else {
    worker = message.port
    worker.on('message', (call: SessionCall) => {
      waiting.push(call)
      void work()
    })
    sayOpen()
  }
})

session = await openSession(start, (message) => port.postMessage(message))
sayOpen()

/** Calls come as soon as the model's worker hears of it. */
function sayOpen(): void {
  if (session) answer({ limits: session.limits })
}

async function work(): Promise<void> {
  if (busy) return
  busy = true
  for (let call = waiting.shift(); call; call = waiting.shift()) await infer(call, session as Session)
  busy = false
}

async function infer({ id, batch: sent, rows }: SessionCall, open: Session): Promise<void> {
  const scope = new Scope(pool)
  const batch = receiver.receive(scope, sent)
  try {
    if (closed) throw closing()
    const columns = await watched.during({ do: 'infer', nodes: start.nodes, rows }, () => open.infer(batch))
    const result = new Batch(
      scope,
      new Schema(columns.map(([field]) => field)),
      columns.map(([, column]) => column),
      batch.identity,
    )
    answer({ id, batch: sender.send(result) })
  } catch (error) {
    answer({ id, error: packed(fault(error) ?? error) })
  } finally {
    scope.close()
  }
}

/** What a node says of a row stays as it says it: where in its code it said so is for errors of the run. */
const packed = (error: unknown): ErrorMessage => ({
  ...packError(error),
  message: error instanceof Error ? error.message : String(error),
})

/** Ends after the call at work, as the model's worker does. */
async function close(): Promise<void> {
  closed = true
  const latest = performance.now() + patienceMilliseconds
  while (busy && performance.now() < latest) await setTimeout(5)
  if (!busy) await session?.close()
  watched.close()
  worker?.close()
  port.close()
}
