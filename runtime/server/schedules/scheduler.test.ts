import { beforeEach, expect, test } from 'vitest'
import type { PipelineSchedule } from '../../pipeline/model.ts'
import type { RunStatus } from '../api/runs.ts'
import type { Kept } from './keep.ts'
import { type Began, Scheduler } from './scheduler.ts'

/** A world whose clock and runs are the test's; what is kept outlives a scheduler, as a file does. */
class Place {
  now = Date.parse('2026-11-25T00:30:00Z')
  readonly schedules: Record<string, PipelineSchedule | null> = { 'a.json': { cron: '0 2 * * *' } }
  readonly working = new Map<string, string>()
  readonly started: string[] = []
  began: (pipeline: string) => Began = (pipeline) => ({ run: `${pipeline}-${this.started.length}` })
  kept = '{}'
  #end = new Map<string, (status: RunStatus) => void>()

  scheduler(): Scheduler {
    const world = {
      now: () => this.now,
      schedule: async (pipeline: string) => this.schedules[pipeline],
      atWork: (pipeline: string) => this.working.get(pipeline) ?? null,
      start: async (pipeline: string): Promise<Began> => {
        this.started.push(pipeline)
        const began = this.began(pipeline)
        if ('run' in began) this.working.set(pipeline, began.run)
        return began
      },
      status: () => null,
      ended: (run: string) => new Promise<RunStatus>((resolve) => this.#end.set(run, resolve)),
      changed: () => {},
      log: () => {},
    }
    return new Scheduler(world, {
      read: () => new Map(Object.entries(JSON.parse(this.kept) as Record<string, Kept>)),
      write: async (schedules) => {
        this.kept = JSON.stringify(Object.fromEntries(schedules))
      },
    })
  }

  /** The clock as it is then, and a look at it. */
  async at(time: string, scheduler: Scheduler): Promise<void> {
    this.now = Date.parse(time)
    await scheduler.tick()
    await new Promise((resolve) => setTimeout(resolve, 5))
  }

  async end(pipeline: string, status: RunStatus = 'done'): Promise<void> {
    const run = this.working.get(pipeline) ?? ''
    this.working.delete(pipeline)
    this.#end.get(run)?.(status)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

let place: Place
beforeEach(() => {
  place = new Place()
})

async function turnedOn(...pipelines: string[]): Promise<Scheduler> {
  const scheduler = place.scheduler()
  for (const one of pipelines) await scheduler.turn(one, true)
  await scheduler.tick()
  return scheduler
}

const told = async (scheduler: Scheduler, pipeline = 'a.json') =>
  ((await scheduler.view(pipeline))?.events ?? []).map(({ what, message }) => `${what}: ${message}`)

test('what is off never starts; what is on starts when it is due, once, and is told with its end', async () => {
  const scheduler = place.scheduler()
  await place.at('2026-11-25T02:00:01Z', scheduler)
  expect(place.started).toEqual([])
  await scheduler.turn('a.json', true)
  await place.at('2026-11-26T01:59:59Z', scheduler)
  expect(await scheduler.view('a.json')).toMatchObject({
    on: true,
    next: Date.parse('2026-11-26T02:00:00Z'),
    words: 'every day at 02:00',
  })
  await place.at('2026-11-26T02:00:00Z', scheduler)
  await place.at('2026-11-26T02:00:01Z', scheduler)
  expect(place.started).toEqual(['a.json'])
  await place.end('a.json', 'failed')
  expect((await scheduler.view('a.json'))?.events).toMatchObject([
    { what: 'started', run: 'a.json-1', status: 'failed' },
  ])
  await scheduler.turn('a.json', false)
  await place.at('2026-11-27T02:00:00Z', scheduler)
  expect(place.started.length).toBe(1)
})

test('times that passed while the server was away are said, and run once', async () => {
  const before = await turnedOn('a.json')
  before.close()
  const scheduler = place.scheduler()
  await place.at('2026-11-27T10:00:00Z', scheduler)
  expect(place.started).toEqual(['a.json'])
  expect(await told(scheduler)).toEqual([
    'started: 2026-11-27 02:00: run a.json-1',
    'missed: Missed 3 times since 2026-11-25 02:00: the server was not at work then. It runs once, now.',
  ])
  await place.end('a.json')
  await place.at('2026-11-27T10:00:01Z', scheduler)
  expect(place.started.length).toBe(1)
})

test('times that passed while it was off, or under another schedule, are nobody’s', async () => {
  const scheduler = await turnedOn('a.json')
  await scheduler.turn('a.json', false)
  place.now = Date.parse('2026-11-28T12:00:00Z')
  await scheduler.turn('a.json', true)
  await place.at('2026-11-28T12:00:01Z', scheduler)
  place.schedules['a.json'] = { cron: '*/5 * * * *' }
  await place.at('2026-11-28T18:00:01Z', scheduler)
  expect(place.started).toEqual([])
  await place.at('2026-11-28T18:05:00Z', scheduler)
  expect(place.started).toEqual(['a.json'])
})

test('a run that is still at work when the next time comes is not joined by another', async () => {
  place.schedules['a.json'] = { cron: '*/5 * * * *' }
  const scheduler = await turnedOn('a.json')
  await place.at('2026-11-25T00:35:00Z', scheduler)
  await place.at('2026-11-25T00:40:00Z', scheduler)
  expect(place.started.length).toBe(1)
  expect((await told(scheduler))[0]).toBe('skipped: 2026-11-25 00:40: passed over, run a.json-1 is still at work')
  await place.end('a.json')
  await place.at('2026-11-25T00:45:00Z', scheduler)
  expect(place.started.length).toBe(2)
})

test('pipelines that are due together run one after the other', async () => {
  place.schedules['b.json'] = { cron: '0 2 * * *' }
  const scheduler = await turnedOn('a.json', 'b.json')
  await place.at('2026-11-25T02:00:00Z', scheduler)
  expect(place.started).toEqual(['a.json'])
  await place.end('a.json')
  expect(place.started).toEqual(['a.json', 'b.json'])
  await place.end('b.json')
})

test('a refusal, and that there is nothing to do, are told with the reason', async () => {
  const scheduler = await turnedOn('a.json')
  place.began = () => ({ refused: 'store: there is no column "id".' })
  await place.at('2026-11-25T02:00:00Z', scheduler)
  place.began = () => ({ nothing: 'nothing new' })
  await place.at('2026-11-26T02:00:00Z', scheduler)
  expect(await told(scheduler)).toEqual([
    'nothing: 2026-11-26 02:00: nothing new',
    'refused: 2026-11-25 02:00: store: there is no column "id".',
  ])
})

test('a server that dies between claiming a time and starting its run runs it when it is back', async () => {
  await turnedOn('a.json')
  const kept = JSON.parse(place.kept) as Record<string, Kept>
  Object.assign(kept['a.json'] as Kept, {
    handled: Date.parse('2026-11-25T02:00:00Z'),
    due: Date.parse('2026-11-25T02:00:00Z'),
  })
  place.kept = JSON.stringify(kept)
  const scheduler = place.scheduler()
  await place.at('2026-11-25T02:00:20Z', scheduler)
  expect(place.started).toEqual(['a.json'])
})

test('a clock that is set back makes no time wait for days; zones count', async () => {
  place.schedules['a.json'] = { cron: '30 2 * * *', timeZone: 'Europe/Berlin' }
  place.now = Date.parse('2026-12-10T12:00:00Z')
  const scheduler = await turnedOn('a.json')
  await place.at('2026-11-25T00:00:00Z', scheduler)
  await place.at('2026-11-25T01:30:00Z', scheduler)
  expect(place.started).toEqual(['a.json'])
  expect((await told(scheduler))[0]).toBe('started: 2026-11-25 02:30: run a.json-1')
})

test('a file without its schedule, or renamed, is told and kept', async () => {
  const scheduler = await turnedOn('a.json')
  place.schedules['a.json'] = null
  expect(await scheduler.view('a.json')).toMatchObject({
    on: true,
    next: null,
    problem: 'The file has no schedule any more.',
  })
  place.schedules['b.json'] = { cron: '0 0 30 2 *' }
  await scheduler.moved('a.json', 'b.json')
  expect(await scheduler.view('b.json')).toMatchObject({
    on: true,
    next: null,
    problem: expect.stringContaining('never comes'),
  })
  delete place.schedules['a.json']
  expect(await scheduler.view('a.json')).toBe(null)
})
