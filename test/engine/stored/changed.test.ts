import { expect, test } from 'vitest'
import { files, Nights } from './nights.ts'

const filter = (where: string): { keep: [string, object] } => ({ keep: ['transforms/filter', { where }] })

test('a pipeline that makes other rows asks for --accept, once; a whole run needs none', async () => {
  const place = new Nights({ ifExists: 'replace' }, filter('n > 0'))
  place.put('a', 1, 10)
  await place.night()
  place.put('b', 2, 20)
  place.draw({ ifExists: 'replace' }, filter('n > 5'))
  await expect(place.night()).rejects.toMatchObject({
    code: 'changed-pipeline',
    message: expect.stringMatching(/other rows than in run \S+: keep changed$/),
    hint: expect.stringMatching(/--new --accept[\s\S]*headrace run/),
  })
  expect(files(await place.night({ accept: true }))).toBe('1 0 0 1 0')
  expect(place.stored()).toEqual([1, 10, 20])
  place.put('c', 3, 30)
  expect(files(await place.night())).toBe('1 0 0 2 0')
  place.draw({ ifExists: 'replace' })
  await expect(place.night()).rejects.toThrow(/keep went out; now connected: in → out; no longer connected: /)
  await place.run(place.file)
  expect(place.stored()).toEqual([1, 10, 2, 20, 3, 30])
  expect(files(await place.night())).toBe('0 0 0 3 0')
})

test('--accept with nothing new is remembered, too; --since alone settles nothing', async () => {
  const place = new Nights({}, filter('n > 0'))
  place.put('a', 1)
  const first = await place.night()
  place.draw({}, filter('n > -1'))
  expect(files(await place.night({ new: false, since: String(first.runId) }))).toBe('0 0 1 0 0')
  await expect(place.night()).rejects.toThrow(/keep changed/)
  expect((await place.night({ accept: true })).runId).toBeNull()
  expect((await place.night()).runId).toBeNull()
})

test('where files lie, what a sink does, names and defaults make no other rows', async () => {
  const place = new Nights()
  place.put('a', 1)
  await place.night()
  place.draw(
    { ifExists: 'replace' },
    {},
    { path: ['in/*.csv', 'more/*.csv'], header: true, onError: 'fail', ifEmpty: 'ok' },
  )
  place.write('more/b.csv', 'n,text\n2,text\n')
  expect(files(await place.night())).toBe('1 0 0 1 0')
  place.draw({ path: 'elsewhere.ndjson' }, {}, { path: 'in/*.csv' })
  place.put('c', 3)
  const moved = await place.night()
  expect(files(moved), 'b is not meant any more, and not gone').toBe('1 0 0 1 0')
  expect(moved.warnings).toEqual(['moved-sink'])
  place.draw({ path: 'elsewhere.ndjson' }, {}, { path: 'in/*.csv', pin: { n: 'int64', text: 'string' } })
  expect((await place.night()).runId, 'the very columns are pinned').toBeNull()
  place.draw({ path: 'elsewhere.ndjson' }, {}, { path: 'in/*.csv', pin: { n: 'float64', text: 'string' } })
  await expect(place.night()).rejects.toThrow(/in changed/)
})

test('a source under another name keeps its files', async () => {
  const place = new Nights()
  place.put('a', 1)
  await place.night()
  place.pipeline({ orders: ['sources/csv', { path: 'in/*.csv' }], out: ['sinks/ndjson', { path: 'out.ndjson' }] }, [
    ['orders', 'out'],
  ])
  place.put('b', 2)
  await expect(place.night()).rejects.toThrow(/orders came in; in went out/)
  expect(files(await place.night({ accept: true }))).toBe('1 0 0 1 0')
  expect(files(await place.night())).toBe('0 0 0 2 0')
  expect(place.stored()).toEqual([1, 2])
})

test('parameters may have other values each night', async () => {
  const place = new Nights()
  place.write(
    'pipeline.json',
    JSON.stringify({
      headrace: 1,
      params: { day: { type: 'string', default: '1' } },
      nodes: {
        in: { type: 'sources/csv', config: { path: 'in/*.csv' } },
        mark: { type: 'transforms/derive', config: { columns: { day: 'param.day' } } },
        out: { type: 'sinks/ndjson', config: { path: 'out.ndjson' } },
      },
      edges: [
        { from: 'in', to: 'mark' },
        { from: 'mark', to: 'out' },
      ],
    }),
  )
  for (const day of ['1', '2', '3']) {
    place.put(day, Number(day))
    const report = await place.night({}, { params: [{ name: 'day', value: day, by: '' }] })
    expect(files(report)).toBe(`1 0 0 ${Number(day) - 1} 0`)
  }
  expect(place.rows('out.ndjson').map(({ n, day }) => `${n} ${day}`)).toEqual(['1 1', '2 2', '3 3'])
})
