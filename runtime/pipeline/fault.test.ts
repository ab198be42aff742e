import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { fault, isOfSystem } from './fault.ts'
import { HeadraceError } from './problem.ts'

async function thrown(work: () => unknown): Promise<unknown> {
  try {
    await work()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

test('a refused connection is a fault, found behind what fetch says of it', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  const error = await thrown(() => fetch(`http://127.0.0.1:${port}/`))
  expect((error as Error).message).toBe('fetch failed')
  expect(fault(error)).toMatchObject({ code: 'ECONNREFUSED', fault: true, cause: error })
})

test('memory that V8 does not get, and a call that took too long, are faults', async () => {
  expect(fault(await thrown(() => new ArrayBuffer(Number.MAX_SAFE_INTEGER)))).toMatchObject({ code: 'ENOMEM' })
  const late = await thrown(() => AbortSignal.timeout(1).throwIfAborted() ?? new Promise((_, no) => setTimeout(no, 20)))
  expect(fault(late)).toBe(null)
  const signal = AbortSignal.timeout(1)
  await new Promise((resolve) => signal.addEventListener('abort', resolve))
  expect(fault(signal.reason)).toMatchObject({ code: 'ETIMEDOUT' })
})

test.each([
  ['std::bad_alloc', 'ENOMEM'],
  [
    'Non-zero status code returned while running MatMul node: BFCArena::AllocateRawInternal Failed to allocate memory for requested buffer of size 1',
    'ENOMEM',
  ],
  ['Out of Memory Error: could not allocate block of size 256.0 KiB', 'ENOMEM'],
  [
    'lance error: LanceError(IO): Generic LocalFileSystem error: Unable to copy data to file: No space left on device (os error 28)',
    'ENOSPC',
  ],
  ['IO Error: Cannot open file "x": Too many open files', 'EMFILE'],
])('%s', (message, code) => {
  expect(fault(new Error(message))).toMatchObject({ code, message, fault: true })
})

test('an error keeps its words, place and hint when its cause is a fault', () => {
  const cause = Object.assign(new Error('write'), { code: 'ENOSPC' })
  const error = new HeadraceError('read-failed', 'x.csv cannot be read', { place: { node: 'in' }, cause })
  expect(fault(error)).toMatchObject({ code: 'read-failed', message: 'x.csv cannot be read', place: { node: 'in' } })
  expect(fault(new AggregateError([new Error('a'), cause]))).toMatchObject({ code: 'ENOSPC' })
})

test('what a row is the reason of is no fault, whatever words stand in it', async () => {
  expect(fault(new Error('the row says: connection timed out'))).toBe(null)
  expect(fault(new RangeError('Invalid string length'))).toBe(null)
  expect(fault('poison')).toBe(null)
  expect(fault(undefined)).toBe(null)
  const loop = new Error('a')
  loop.cause = loop
  expect(fault(loop)).toBe(null)
})

test('an error of the system is told from an error of rows', async () => {
  const { readFileSync } = await import('node:fs')
  const missing = await thrown(() => readFileSync('/no/such/file'))
  expect(fault(missing)).toBe(null)
  expect(isOfSystem(missing)).toBe(true)
  expect(isOfSystem(Object.assign(new Error('x'), { code: 'EPOISON' }))).toBe(false)
})
