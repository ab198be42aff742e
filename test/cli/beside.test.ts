import { existsSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { lockPipeline } from '../../runtime/engine/runlock.ts'
import { Workplace } from '../engine/workplace.ts'
import { headrace, run, type Started, start } from './command.ts'

/** A pipeline that is at work for a minute while it is held, or until it is stopped. */
function slowly(place: Workplace): string {
  const made = ['sources/generate', { rows: 5_000_000, columns: { n: 'sequence' } }] as [string, object]
  const out = ['sinks/ndjson', { path: 'out.ndjson', ifExists: 'replace' }] as [string, object]
  return place.pipeline(
    { made, slow: ['transforms/slow', { milliseconds: 100, hold: place.hold() }], out },
    [
      ['made', 'slow'],
      ['slow', 'out'],
    ],
    { workers: 1 },
  )
}

async function atWork(place: Workplace, pipeline: string): Promise<Started & { id: string }> {
  const started = start(headrace, ['run', pipeline])
  for (;;) {
    const [latest] = JSON.parse((await run(['runs', pipeline, '--json'])).stdout || '[]') as {
      id: string
      status: string
    }[]
    if (latest?.status === 'running' && place.exists(`.headrace/runs/${latest.id}/process.json`))
      return { ...started, id: latest.id }
    await setTimeout(20)
  }
}

test('a second run, resume or replay beside a run ends with code 4 and names the first, before it looks at anything', async () => {
  const place = new Workplace()
  const pipeline = slowly(place)
  const first = await run(['run', pipeline, '--limit', '10', '--json'])
  const done = (JSON.parse(first.stdout) as { runId: string }).runId
  const { child, ended, id } = await atWork(place, pipeline)
  const second = await run(['run', pipeline, '--json'])
  expect(second.code).toBe(4)
  expect(second.stderr).toContain(`run ${id} of this pipeline is at work (process ${child.pid})`)
  expect(JSON.parse(second.stdout)).toMatchObject({
    status: 'refused',
    exitCode: 4,
    problems: [{ code: 'another-run' }],
  })
  for (const command of ['resume', 'replay']) {
    const refused = await run([command, place.path(`.headrace/runs/${command === 'resume' ? id : done}`)])
    expect(refused, command).toMatchObject({ code: 4, stderr: expect.stringContaining(id) })
  }
  child.kill('SIGINT')
  place.release()
  await ended
})

test('--wait starts when the other run has ended, says whom it waits for, and gives up when it is told to', async () => {
  const place = new Workplace()
  const pipeline = slowly(place)
  const { child, ended, id } = await atWork(place, pipeline)
  const impatient = await run(['run', pipeline, '--wait', '0'])
  expect(impatient).toMatchObject({ code: 4, stderr: expect.stringContaining('still after 0 s') })
  const left = start(headrace, ['run', pipeline, '--wait', '--json'])
  let told = ''
  left.child.stderr?.on('data', (chunk) => (told += chunk))
  await expect.poll(() => told).toContain(`waiting: run ${id} of this pipeline is at work`)
  left.child.kill('SIGINT')
  const gone = await left.ended
  expect(gone.code).toBe(130)
  expect(JSON.parse(gone.stdout)).toMatchObject({ exitCode: 130, problems: [{ code: 'interrupted' }] })
  const waits = start(headrace, ['run', '--wait', pipeline, '--limit', '5', '--json'])
  let said = ''
  waits.child.stderr?.on('data', (chunk) => (said += chunk))
  await expect.poll(() => said).toContain(`waiting: run ${id} of this pipeline is at work`)
  child.kill('SIGINT')
  place.release()
  await ended
  const after = await waits.ended
  expect(after.code, after.stderr).toBe(0)
  expect(JSON.parse(after.stdout)).toMatchObject({ status: 'done', rows: { in: 5 } })
})

test('a killed run leaves a pipeline that the next one takes at once, and of twenty that try only one gets it', async () => {
  const place = new Workplace()
  const pipeline = slowly(place)
  const { child, ended } = await atWork(place, pipeline)
  child.kill('SIGKILL')
  await ended
  const state = place.path('.headrace')
  const tries = await Promise.allSettled(
    Array.from({ length: 20 }, (_, i) => lockPipeline(state, pipeline, `try-${i}`)),
  )
  const got = tries.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  expect(got.length).toBe(1)
  for (const one of tries) if (one.status === 'rejected') expect(String(one.reason)).toContain(got[0]?.runId)
  expect(await run(['run', pipeline])).toMatchObject({ code: 4, stderr: expect.stringContaining(`${process.pid}`) })
  got[0]?.release()
  expect(await run(['run', pipeline, '--limit', '1'])).toMatchObject({ code: 0 })
})

test('a refused start lets go of the pipeline', async () => {
  const place = new Workplace()
  const pipeline = slowly(place)
  const right = place.lines('pipeline.json').join('\n')
  place.write('pipeline.json', right.replace('transforms/slow', 'transforms/slwo'))
  expect(await run(['run', pipeline])).toMatchObject({ code: 2 })
  place.write('pipeline.json', right)
  const lock = await lockPipeline(place.path('.headrace'), pipeline, 'mine')
  expect(existsSync(place.path('.headrace/.gitignore'))).toBe(true)
  lock.release()
})
