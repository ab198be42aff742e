import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { askStop, processOf } from '../../runtime/engine/runask.ts'
import { listRuns, summarise } from '../../runtime/engine/runfolder.ts'
import { Workplace } from '../engine/workplace.ts'

// A run as the editor's server starts it: the command as a child with a channel.

const entry = join(import.meta.dirname, '..', '..', 'runtime', 'cli', 'headrace.mjs')

function slowly(place: Workplace): string {
  place.numbers('in.csv', 450_000)
  return place.pipeline(
    {
      in: ['sources/csv', { path: 'in.csv' }],
      slow: ['transforms/slow', { milliseconds: 150, hold: place.hold() }],
      out: ['sinks/ndjson', { path: 'out.ndjson', ifExists: 'replace' }],
    },
    [
      ['in', 'slow'],
      ['slow', 'out'],
    ],
    { workers: 1 },
  )
}

const child = (...args: string[]): ChildProcess =>
  fork(entry, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], env: { ...process.env, NO_COLOR: '1' } })

async function started(run: ChildProcess): Promise<{ id: string; folder: string }> {
  const [message] = (await once(run, 'message')) as [{ type: string; id: string; folder: string }]
  expect(message.type).toBe('started')
  return message
}

test('a child says where its run is, ends well when asked to stop, and can be resumed as a child', async () => {
  const place = new Workplace()
  const pipeline = slowly(place)
  const run = child('run', pipeline, '--json')
  const { folder, id } = await started(run)
  expect(processOf(folder)).toMatchObject({ pid: run.pid, origin: 'page' })
  expect(summarise(folder)).toMatchObject({ id, status: 'running', run: { origin: 'page' } })
  askStop(folder)
  expect(await once(run, 'exit')).toEqual([130, null])
  expect(summarise(folder).status).toBe('stopped')
  place.release()
  const again = child('resume', folder, '--json')
  expect((await started(again)).folder).toBe(folder)
  expect(await once(again, 'exit')).toEqual([0, null])
  expect(place.rows('out.ndjson').length).toBe(450_000)
})

test('a child that is refused says why, and starts nothing', async () => {
  const place = new Workplace()
  const pipeline = place.pipeline({ in: ['sources/csv', { path: 'none.csv' }] }, [])
  const run = child('run', pipeline, '--json')
  const [message] = await once(run, 'message')
  expect(message).toMatchObject({
    type: 'refused',
    problems: expect.arrayContaining([expect.objectContaining({ severity: 'error' })]),
  })
  expect(await once(run, 'exit')).toEqual([2, null])
})

test('a child whose parent went away finishes what is in flight and can be resumed', async () => {
  const place = new Workplace()
  const pipeline = slowly(place)
  const run = child('run', pipeline, '--json')
  const { folder } = await started(run)
  run.disconnect()
  expect(await once(run, 'exit')).toEqual([130, null])
  expect(summarise(folder).status).toBe('stopped')
})

test('after kill -9 everybody sees within a second that the run is unfinished', async () => {
  const place = new Workplace()
  const run = child('run', slowly(place), '--json')
  const { folder } = await started(run)
  await setTimeout(300)
  run.kill('SIGKILL')
  await once(run, 'exit')
  expect(processOf(folder)).toBe(null)
  expect(summarise(folder).status).toBe('unfinished')
  const again = child('resume', folder, '--json')
  await started(again)
  await setTimeout(200)
  again.kill('SIGKILL')
  await once(again, 'exit')
  expect(summarise(folder).status, 'also when it was taken up again and died before its first part').toBe('unfinished')
})

test('a draft runs in place of the file, belongs to the file, and is resumed as it was', async () => {
  const place = new Workplace()
  const pipeline = slowly(place)
  const draft = place.write(
    'elsewhere/draft.json',
    readFileSync(pipeline, 'utf8').replace('"out.ndjson"', '"other.ndjson"'),
  )
  const run = child('run', pipeline, '--json', '--draft', draft)
  const { folder } = await started(run)
  askStop(folder)
  expect(await once(run, 'exit')).toEqual([130, null])
  expect(listRuns(join(place.folder, '.headrace'))).toMatchObject([{ run: { pipeline, draft: true } }])
  place.release()
  const again = child('resume', folder)
  expect(await once(again, 'exit')).toEqual([0, null])
  expect(place.rows('other.ndjson').length).toBe(450_000)
  expect(place.exists('out.ndjson')).toBe(false)
})
