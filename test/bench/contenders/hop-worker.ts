import { performance } from 'node:perf_hooks'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { Pool, type PoolHandle } from '@headrace/runtime/sdk'
import { type End, endOf, type Way } from './handoff.ts'

// One of two workers between which batches go to and fro. The one that is asked by the main thread sends first and
// takes the time; the other answers every batch with one of the same size.

/** What the main thread asks for. */
export interface Ask {
  readonly way: Way
  readonly bytes: number
  readonly hops: number
}

/** The answer: seconds of all hops, and what was read on this side. */
export interface Answer {
  readonly seconds: number
  readonly read: number
}

const { pool: handle, port, first } = workerData as { pool: PoolHandle; port: MessagePort; first: boolean }
const pool = new Pool(handle)
const ends = new Map<string, End>()
let onBatch: (message: unknown) => void = () => {}

const endFor = ({ way, bytes }: Pick<Ask, 'way' | 'bytes'>): End => {
  const key = `${way} ${bytes}`
  const end = ends.get(key) ?? endOf(way, bytes, pool)
  return ends.set(key, end).get(key) as End
}

port.on('message', (message) => onBatch(message))
parentPort?.on('message', (message: Ask | 'close') => {
  if (message === 'close') {
    port.close()
    parentPort?.close()
  } else if (first) ping(message)
  else answer(message)
})

function ping(ask: Ask): void {
  const end = endFor(ask)
  let left = ask.hops / 2
  let read = 0
  const started = performance.now()
  onBatch = (message) => {
    read = end.receive(message)
    if (--left > 0) end.send(port)
    else parentPort?.postMessage({ seconds: (performance.now() - started) / 1000, read } satisfies Answer)
  }
  end.send(port)
}

/** The other side gets ready and says so before the first batch comes. */
function answer(ask: Ask): void {
  const end = endFor(ask)
  let expected: number | undefined
  onBatch = (message) => {
    const read = end.receive(message)
    if (read !== (expected ??= read)) throw new Error(`read ${read}, before that ${expected}`)
    end.send(port)
  }
  parentPort?.postMessage('ready')
}
