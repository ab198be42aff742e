import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { type Descriptor, Pool, type PoolHandle, Receiver, Scope, Sender } from '@headrace/runtime/sdk'

// A worker that takes batches by descriptor, may change one byte where a test asks for it, and hands them on.

const {
  pool: handle,
  port,
  poke,
} = workerData as { pool: PoolHandle; port: MessagePort; poke: { byte: number; value: number } | null }
const pool = new Pool(handle)
const receiver = new Receiver(pool)
const sender = new Sender(pool)

port.on('message', (descriptor: Descriptor) => {
  const scope = new Scope(pool)
  const batch = receiver.receive(scope, descriptor)
  // A batch never changes; only this test does it, to show that everybody looks at the same bytes.
  if (poke) (batch.column(0).values as Uint8Array)[poke.byte] = poke.value
  parentPort?.postMessage({ buffers: [batch.column(0).values?.buffer] })
  port.postMessage(sender.send(batch))
  scope.close()
})
parentPort?.on('message', () => {
  port.close()
  parentPort?.close()
})
