import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { PipelineText } from '../../runtime/server/api/index.ts'
import { next, Served, small } from './serve.ts'

const served = await Served.start({ 'a.json': small(), 'data/a.csv': 'x\n1\n' })
const socket = await served.socket()
const at = (path: string) => join(served.folder, path)

test('a file that a text editor or git changed reaches the page at once', async () => {
  const { text } = await served.get<PipelineText>('pipelines/a.json')
  const times: number[] = []
  for (let n = 1; n <= 5; n++) {
    const heard = next(
      socket,
      'pipeline',
      (id, change) => id === 'a.json' && change?.text === `${text}${' '.repeat(n)}`,
    )
    if (n % 2) writeFileSync(at('a.json'), `${text}${' '.repeat(n)}`)
    else {
      writeFileSync(at('a.json~'), `${text}${' '.repeat(n)}`)
      renameSync(at('a.json~'), at('a.json'))
    }
    const { given, milliseconds } = await heard
    times.push(Math.round(milliseconds))
    const { version } = await served.get<PipelineText>('pipelines/a.json')
    expect(given[1]).toMatchObject({ version, client: null })
  }
  console.info(`a changed file reached the page after ${times.join(', ')} ms`)
})

test('a save reaches the other pages once, with the name of the tab', async () => {
  const { text, version } = await served.get<PipelineText>('pipelines/a.json')
  const heard: unknown[] = []
  socket.on('pipeline', (id, change) => heard.push([id, change?.client, change?.text]))
  await served.ask('PUT', 'pipelines/a.json', { text: `${text}\n`, base: version, client: 'tab' })
  // Longer than the disk takes to tell of it too.
  await new Promise((resolve) => setTimeout(resolve, 600))
  socket.off('pipeline')
  expect(heard).toEqual([['a.json', 'tab', `${text}\n`]])
})

test('pipelines that come and go change the list', async () => {
  const came = next(socket, 'pipelines')
  served.write('new/pipeline.json', small())
  await came
  const gone = next(socket, 'pipeline', (id, change) => id === 'new/pipeline.json' && change === null)
  const list = next(socket, 'pipelines')
  rmSync(at('new/pipeline.json'))
  await Promise.all([gone, list])
})

test('data that a pipeline may read is looked at again when it changes, also outside of the folder', async () => {
  let heard = next(socket, 'files')
  served.write('data/a.csv', 'x\n1\n2\n')
  await heard
  const outside = join(served.base, 'outside')
  const other = await Served.start({ 'a.json': small() }, { roots: [served.base] })
  const listening = await other.socket()
  served.write('../outside/b.csv', 'x\n1\n')
  const text = JSON.stringify(small(join(outside, 'b.csv')))
  const { value } = await other.ask<{ problems: unknown[] }>('POST', 'check', { pipeline: 'a.json', text })
  expect(value.problems).toEqual([])
  await new Promise((resolve) => setTimeout(resolve, 300))
  heard = next(listening, 'files')
  writeFileSync(join(outside, 'b.csv'), 'y\n1\n')
  await heard
})
