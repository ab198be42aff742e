import { existsSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { processOf } from '../../runtime/engine/runask.ts'
import { summarise } from '../../runtime/engine/runfolder.ts'
import { Workplace } from '../engine/workplace.ts'
import { headrace, run, start } from './command.ts'

// A terminal that goes away, and readers who leave, by real ones.

const script = ['/usr/bin/script', '/bin/script'].find((path) => existsSync(path))
const hasTerminals = script !== undefined && process.platform === 'linux'

const rows = 250_000

function slowly(place: Workplace): string {
  place.numbers('in.csv', rows)
  return place.pipeline(
    {
      in: ['sources/csv', { path: 'in.csv' }],
      slow: ['transforms/slow', { milliseconds: 150, hold: place.hold() }],
      out: ['sinks/ndjson', { path: 'out.ndjson' }],
    },
    [
      ['in', 'slow'],
      ['slow', 'out'],
    ],
    { workers: 1 },
  )
}

const runOf = (place: Workplace): string | undefined =>
  place.exists('.headrace/runs')
    ? place.list('.headrace/runs').map((id) => place.path(`.headrace/runs/${id}`))[0]
    : undefined

async function untilDone(place: Workplace): Promise<string> {
  for (;;) {
    const folder = runOf(place)
    if (
      folder &&
      existsSync(`${folder}/ledger`) &&
      place.lines(`${folder.slice(place.folder.length + 1)}/ledger`).some((line) => line.includes('"done"'))
    )
      return folder
    await setTimeout(10)
  }
}

if (!hasTerminals) console.warn('skipped: a closed terminal, for there is no script(1) to make one')

/** Starts a run in a terminal and takes the terminal away, as a window that is closed, when something is stored. */
async function inClosedTerminal(place: Workplace, shell: string, release = true): Promise<string> {
  const { child, ended } = start(script as string, ['-qec', shell, '/dev/null'])
  const folder = await untilDone(place)
  child.kill('SIGKILL')
  await ended
  if (release) place.release()
  return folder
}

test.runIf(hasTerminals)('a terminal that closes stops the run with 129, in good order', async () => {
  const place = new Workplace()
  const pipeline = slowly(place)
  // The shell leads the terminal's session: it ends, and the kernel tells the run.
  const folder = await inClosedTerminal(place, `'${headrace}' run '${pipeline}'; true`, false)
  await expect.poll(() => processOf(folder)).toBe(null)
  place.release()
  expect(summarise(folder)).toMatchObject({ status: 'stopped', report: { exitCode: 129, balanced: true } })
  expect(place.exists('out.ndjson')).toBe(false)
  expect(await run(['resume', pipeline])).toMatchObject({ code: 0 })
  expect(place.rows('out.ndjson').map(({ n }) => n)).toEqual(Array.from({ length: rows }, (_, i) => i + 1))
})

test.runIf(hasTerminals)('a run whose terminal is gone and that nobody tells so goes on to its end', async () => {
  const place = new Workplace()
  const pipeline = slowly(place)
  // A shell that hears nothing of it stays, and so does the run; each word it says is an error now (EIO).
  const shell = `trap '' HUP; '${headrace}' run '${pipeline}'; echo $? > '${place.path('code')}'`
  await inClosedTerminal(place, shell)
  await expect.poll(() => place.exists('code') && place.lines('code')[0]).toBe('0')
  expect(place.rows('out.ndjson').length).toBe(rows)
})

test.runIf(hasTerminals)('nohup keeps a run from its terminal: it goes on to its end', async () => {
  const place = new Workplace()
  const pipeline = slowly(place)
  const folder = await inClosedTerminal(place, `cd '${place.folder}'; nohup '${headrace}' run '${pipeline}'; true`)
  await expect.poll(() => processOf(folder)).toBe(null)
  expect(summarise(folder)).toMatchObject({ status: 'done', report: { exitCode: 0 } })
  expect(place.rows('out.ndjson').length).toBe(rows)
})

test('a reader who leaves ends no run: neither of what is told, nor of what goes wrong', async () => {
  const place = new Workplace()
  const pipeline = slowly(place)
  const line = `{ '${headrace}' run '${pipeline}' --log json 2>&1; echo $? > '${place.path('code')}'; } | head -n 1`
  const { stdout } = await start('sh', ['-c', line]).ended
  place.release()
  expect(stdout).toContain('"started"')
  await expect.poll(() => place.exists('code') && place.lines('code')[0]).toBe('0')
  expect(place.rows('out.ndjson').length).toBe(rows)
})
