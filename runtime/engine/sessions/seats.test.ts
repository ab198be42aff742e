import { expect, test } from 'vitest'
import type { Batch } from '../../memory/index.ts'
import { type Seat, Seats } from './seats.ts'

const none = null as unknown as Batch
const settled = () => new Promise((resolve) => setImmediate(resolve))

/** A session whose calls end when the test says so. */
function session(room: number) {
  const calls: PromiseWithResolvers<[]>[] = []
  const ask: Seat['ask'] = () => {
    const call = Promise.withResolvers<[]>()
    calls.push(call)
    return call.promise
  }
  return { seat: { room, ask }, calls }
}

test('a call goes to the session that has the fewest, and who waits comes in the order of asking', async () => {
  const seats = new Seats()
  const [a, b] = [session(2), session(2)]
  seats.add(a.seat)
  seats.add(b.seat)
  const ended: number[] = []
  for (let i = 0; i < 6; i++) void seats.during((seat) => seat.ask(none, [])).then(() => ended.push(i))
  await settled()
  expect([a.calls.length, b.calls.length]).toEqual([2, 2])
  b.calls[0]?.resolve([])
  await settled()
  expect([a.calls.length, b.calls.length, ...ended]).toEqual([2, 3, 1])
  b.calls[2]?.resolve([])
  a.calls[0]?.resolve([])
  await settled()
  expect(ended.toSorted()).toEqual([0, 1, 4])
  expect([a.calls.length, b.calls.length]).toEqual([2, 4])
})

test('a session has room only where no call waits for it; one that opens later takes those that do', async () => {
  const seats = new Seats()
  const a = session(1)
  seats.add(a.seat)
  const work = () => void seats.during((seat) => seat.ask(none, [])).catch(() => {})
  let free = false
  work()
  work()
  void seats.free().then(() => (free = true))
  await settled()
  a.calls[0]?.resolve([])
  await settled()
  expect(free).toBe(false)
  const b = session(1)
  seats.add(b.seat)
  await settled()
  expect(free).toBe(true)
})

test('after a stop no call begins, and those that wait are refused', async () => {
  const seats = new Seats()
  const a = session(1)
  seats.add(a.seat)
  const first = seats.during((seat) => seat.ask(none, []))
  const second = seats.during((seat) => seat.ask(none, []))
  await settled()
  seats.stop(new Error('over'))
  await expect(second).rejects.toThrow('over')
  await expect(seats.during((seat) => seat.ask(none, []))).rejects.toThrow('over')
  a.calls[0]?.resolve([])
  expect(await first).toEqual([])
})
