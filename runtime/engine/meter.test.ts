import { expect, test } from 'vitest'
import { Counters, nodeTimes } from './counters.ts'
import { Meter } from './meter.ts'

function scene() {
  const counters = new Counters(1, 1, 0)
  let now = 1
  const meter = new Meter(0, counters.writer(0), () => now)
  const pass = (milliseconds: number) => {
    now += milliseconds
  }
  const times = () => nodeTimes.map((time) => counters.node(0, time, now))
  return { meter, pass, times }
}

/** Lets what was settled go on. */
const turn = () => new Promise((resolve) => setImmediate(resolve))

test('time counts as blocked until the node is asked, and again when it has answered', () => {
  const { meter, pass, times } = scene()
  pass(10)
  meter.ask()
  pass(5)
  meter.answer()
  pass(3)
  expect(times()).toEqual([5, 0, 13, 0])
})

test('what goes on now counts up to the moment of reading', () => {
  const { meter, pass, times } = scene()
  meter.ask()
  pass(60_000)
  expect(times()).toEqual([60_000, 0, 0, 0])
})

test('what its source does before it gives a promise is waiting, not work', async () => {
  const { meter, pass, times } = scene()
  meter.ask()
  await meter.pulling(async () => pass(40))
  pass(2)
  expect(times()).toEqual([2, 40, 0, 0])
})

test('a node waits for its model from when it awaits an answer, not from when it asks', async () => {
  const { meter, pass, times } = scene()
  meter.ask()
  const [one, two] = [Promise.withResolvers<number>(), Promise.withResolvers<number>()]
  const answers = [meter.awaiting(one.promise), meter.awaiting(two.promise)]
  for (const answer of answers) answer.catch(() => {})
  pass(7)
  await turn()
  expect(times(), 'it prepares the next call').toEqual([7, 0, 0, 0])
  const both = (async () => [await answers[0], await answers[1]])()
  await turn()
  pass(30)
  one.resolve(1)
  await turn()
  pass(20)
  two.resolve(2)
  expect(await both).toEqual([1, 2])
  pass(1)
  expect(times()).toEqual([8, 0, 0, 50])
})

test('a refusal of the model reaches who awaits it', async () => {
  const { meter } = scene()
  await expect(meter.awaiting(Promise.reject(new Error('no')))).rejects.toThrow('no')
})

test('a node that has ended waits for more, or for those behind it while parts are left; then nothing counts', () => {
  const { meter, pass, times } = scene()
  meter.ask()
  pass(1)
  meter.end(true)
  pass(10)
  meter.end(false)
  pass(100)
  meter.close()
  pass(1000)
  expect(times()).toEqual([1, 100, 10, 0])
})
