import { once } from 'node:events'
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { batchOf, type Descriptor, Identity, Pool, Receiver, Scope, Sender, types } from '@headrace/runtime/sdk'
import { expect, test } from 'vitest'

const fields = [{ name: 'text', type: types.string }]
const rows = ['abc', 'defg', null, 'größe'].map((text) => ({ text }))

/** Three workers in a row, each with one end of a channel; the last one hands back to this thread. */
function chain(pool: Pool, pokes: readonly ({ byte: number; value: number } | null)[]) {
  const workers: { worker: Worker; port: MessagePort }[] = pokes.map((poke) => {
    const { port1, port2 } = new MessageChannel()
    const worker = new Worker(new URL('./hop.ts', import.meta.url), {
      workerData: { pool: pool.handle, port: port2, poke },
      transferList: [port2],
    })
    return { worker, port: port1 }
  })
  const hop = async (at: number, descriptor: Descriptor): Promise<Descriptor> => {
    const { port } = workers[at] as (typeof workers)[number]
    port.postMessage(descriptor)
    const [answer] = (await once(port, 'message')) as [Descriptor]
    return answer
  }
  const close = async () => {
    for (const { worker, port } of workers) {
      const gone = once(worker, 'exit')
      worker.postMessage('close')
      port.close()
      await gone
    }
  }
  return { hop, close }
}

test('a batch that crosses three workers is the same bytes: what the last one changes the first one sees', async () => {
  const pool = new Pool(1 << 24)
  const scope = new Scope(pool)
  // A sender and a receiver for each worker: they know what the other end has seen.
  const senders = [0, 1, 2].map(() => new Sender(pool))
  const receivers = [0, 1, 2].map(() => new Receiver(pool))
  const batch = batchOf(scope, fields, rows, new Identity({ node: 's', path: 'a' }, 4, 1))
  const { hop, close } = chain(pool, [null, null, { byte: 0, value: 'X'.charCodeAt(0) }])
  let current = batch
  for (let at = 0; at < 3; at++) {
    const answer = await hop(at, (senders[at] as Sender).send(current))
    const back = (receivers[at] as Receiver).receive(scope, answer)
    expect(back.column(0).values?.buffer === batch.column(0).values?.buffer, `hop ${at + 1}`).toBe(true)
    current = back
  }
  expect(batch.row(0)).toEqual({ text: 'Xbc' })
  expect(pool.copied).toBe(0)
  scope.close()
  await close()
  expect(pool.held, 'holds of all threads are given back').toBe(0)
})

test('a column outside the pool is copied when it crosses, and the pool counts the bytes', () => {
  const pool = new Pool(1 << 24)
  const scope = new Scope(pool)
  const batch = batchOf(scope, fields, rows, new Identity({ node: 's', path: 'a' }, 4, 1))
  const column = batch.column(0)
  const planted = { ...column, values: Uint8Array.from(column.values as Uint8Array) }
  new Sender(pool).send(batch.with([[{ name: 'text', type: types.string }, planted]]))
  expect(pool.copied).toBe((column.values as Uint8Array).length)
})
