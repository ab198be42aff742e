import { setTimeout } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { PreviewProcess } from './client.ts'
import { numbers, pipelineText, trial } from './testing.ts'

const open: PreviewProcess[] = []
const start = (options: ConstructorParameters<typeof PreviewProcess>[0] = {}) => {
  const one = new PreviewProcess(options)
  open.push(one)
  return one
}
afterAll(async () => void (await Promise.all(open.map((one) => one.close()))))

const simple = pipelineText(
  { in: ['sources/csv', { path: 'in.csv' }], odd: ['transforms/filter', { where: 'n % 2 == 1' }] },
  [['in', 'odd']],
)

test('answers come from a process of its own, and the second one from what it kept', async () => {
  const { file } = await trial({ 'in.csv': numbers(11) })
  const process = start()
  const first = await process.preview({ file, text: simple, node: null })
  expect(first.nodes).toMatchObject({ in: { out: 11, cached: false }, odd: { out: 6 } })
  const second = await process.preview({ file, text: simple, node: null })
  expect(second.nodes).toMatchObject({ in: { cached: true }, odd: { cached: true } })
})

test('a crash is one clear error, and the next question is answered', async () => {
  const { file } = await trial({ 'in.csv': numbers(11) })
  const own = start()
  await own.preview({ file, text: simple, node: null })
  const dying = pipelineText({ in: ['sources/csv', { path: 'in.csv' }], end: ['transforms/die', { how: 'exit' }] }, [
    ['in', 'end'],
  ])
  await expect(own.preview({ file, text: dying, node: null })).rejects.toMatchObject({
    code: 'preview-crashed',
    message: expect.stringContaining('ended'),
    hint: expect.stringContaining('Ask again'),
  })
  expect(await own.preview({ file, text: simple, node: null })).toMatchObject({ nodes: { odd: { out: 6 } } })
})

test('a newer question for the same pipeline ends the one before', async () => {
  const { file } = await trial({ 'in.csv': numbers(2000) })
  const own = start()
  await own.preview({ file, text: simple, node: null })
  const slow = pipelineText(
    {
      in: ['sources/csv', { path: 'in.csv' }],
      slow: ['transforms/slow', { milliseconds: 3000 }],
      off: ['transforms/filter', { where: 'n > 0' }],
    },
    [
      ['in', 'slow'],
      ['slow', 'off'],
    ],
  )
  const first = own.preview({ file, text: slow, node: null })
  first.catch(() => {})
  await setTimeout(50)
  const second = own.preview({ file, text: simple, node: null })
  await expect(first).rejects.toThrow('a newer preview took its place')
  expect(await second).toMatchObject({ nodes: { odd: { out: 1000 } } })
  const abort = new AbortController()
  const third = own.preview({ file, text: slow, node: null }, abort.signal)
  abort.abort(new Error('the page went'))
  await expect(third).rejects.toThrow('the page went')
})

test('previews of two tabs do not end each other', async () => {
  const { file } = await trial({ 'in.csv': numbers(2000) })
  const own = start()
  const slow = pipelineText(
    { in: ['sources/csv', { path: 'in.csv' }], slow: ['transforms/slow', { milliseconds: 300 }] },
    [['in', 'slow']],
  )
  const first = own.preview({ file, text: slow, node: null, client: 'one' })
  await setTimeout(50)
  const second = own.preview({ file, text: simple, node: null, client: 'other' })
  expect(await first).toMatchObject({ nodes: { slow: { out: 2000 } } })
  expect(await second).toMatchObject({ nodes: { odd: { out: 1000 } } })
})

test('of very many previews that wait the oldest ends', async () => {
  const { file } = await trial({ 'in.csv': numbers(11) })
  const own = start()
  const asked = Array.from({ length: 40 }, (_, i) => own.preview({ file, text: simple, node: null, client: `${i}` }))
  const ends = await Promise.allSettled(asked)
  const refused = ends.slice(0, 8).map((end) => (end.status === 'rejected' ? (end.reason as Error).message : 'answer'))
  expect(new Set(refused)).toEqual(new Set(['32 previews are asked for at once']))
  expect(ends.slice(8).every(({ status }) => status === 'fulfilled')).toBe(true)
})

test('what lies outside the folders given is a problem, and nothing of it is read', async () => {
  const { file, folder } = await trial()
  const other = await trial({ 'in.csv': numbers(11) })
  const text = pipelineText({ in: ['sources/csv', { path: `${other.folder}/in.csv` }] }, [])
  const closed = start({ within: { folder, roots: [] } })
  const answer = await closed.preview({ file, text, node: null })
  expect(answer.problems[0]).toMatchObject({ severity: 'error', place: { node: 'in' } })
  expect(answer.nodes).toEqual({})
  const wide = start({ within: { folder, roots: [other.folder] } })
  expect(await wide.preview({ file, text, node: null })).toMatchObject({ nodes: { in: { out: 11 } } })
})

test('after a while without questions its memory goes back, and the next question is answered anew', async () => {
  const { file } = await trial({ 'in.csv': numbers(11) })
  const own = start({ idleMilliseconds: 50 })
  await own.preview({ file, text: simple, node: null })
  const { pid } = own
  await expect.poll(() => own.pid).toBe(undefined)
  expect((await own.preview({ file, text: simple, node: null })).nodes).toMatchObject({ in: { cached: false } })
  expect(own.pid).not.toBe(pid)
})

test('a closed one answers no more', async () => {
  const own = start()
  await own.close()
  await expect(own.preview({ file: '/x.json', text: simple, node: null })).rejects.toMatchObject({ code: 'closed' })
})
