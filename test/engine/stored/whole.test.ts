import { startRun } from '@headrace/runtime'
import { expect, test } from 'vitest'
import { Workplace } from '../workplace.ts'
import { files, Nights } from './nights.ts'

/** New rows of a pipeline of one's own. */
async function night(file: string, only: object = {}) {
  const { idle, running, problems } = await startRun({ file, only: { new: true, ...only } })
  const report = idle ?? (await running?.done)
  if (!report) throw new Error(problems.map(({ message }) => message).join('; '))
  return { ...report, warnings: problems.map(({ code, place }) => `${code} ${place.node}`) }
}

test('the right side of a join is read whole, whatever is new on the left; alone it is nothing new', async () => {
  const place = new Workplace()
  place.write('names.csv', 'code,name\nCH,Schweiz\nDE,Deutschland\n')
  place.write('in/1.csv', 'n,code\n1,CH\n2,DE\n')
  const file = place.pipeline(
    {
      orders: ['sources/csv', { path: 'in/*.csv' }],
      names: ['sources/csv', { path: 'names.csv' }],
      with: ['transforms/join', { keys: ['code'] }],
      out: ['sinks/ndjson', { path: 'out.ndjson' }],
    },
    [
      ['orders', 'with.left'],
      ['names', 'with.right'],
      ['with', 'out'],
    ],
  )
  expect(files(await night(file))).toBe('1 0 0 0 0')
  place.write('names.csv', 'code,name\nCH,Schweiz\nDE,Deutschland\nAT,Österreich\n')
  expect(files(await night(file))).toBe('0 0 0 1 0')
  place.write('in/2.csv', 'n,code\n3,CH\n4,AT\n')
  expect(await night(file)).toMatchObject({ filesNew: 1, filesSkipped: 1, warnings: [] })
  expect(place.rows('out.ndjson').map(({ n, name }) => `${n} ${name}`)).toEqual([
    '1 Schweiz',
    '2 Deutschland',
    '3 Schweiz',
    '4 Österreich',
  ])
})

test('a node that needs all rows and gets those of new files alone is named before the run', async () => {
  const place = new Nights({}, { once: ['transforms/dedupe', { key: 'n' }] })
  place.put('a', 1, 1)
  expect((await place.night()).warnings, 'a first run has all').toEqual([])
  place.put('b', 1, 2)
  expect((await place.night()).warnings).toEqual(['some-rows'])
  expect(place.stored()).toEqual([1, 1, 2])
})

test('a source without files is refused, or goes along where its settings say so', async () => {
  const place = new Workplace()
  place.write('in/1.csv', 'i\n1\n')
  const draw = (config: object) =>
    place.pipeline(
      {
        in: ['sources/csv', { path: 'in/*.csv' }],
        more: ['sources/generate', { rows: 2, columns: { i: 'sequence' }, ...config }],
        out: ['sinks/ndjson', { path: 'out.ndjson' }],
      },
      [
        ['in', 'out'],
        ['more', 'out'],
      ],
    )
  await expect(night(draw({}))).rejects.toMatchObject({ code: 'no-files-to-tell', place: { node: 'more' } })
  const file = draw({ everyRun: true })
  expect(await night(file)).toMatchObject({ filesNew: 1, rows: { stored: 3 } })
  expect((await night(file)).runId).toBeNull()
})

test('two sources are told apart, and one of them may have nothing new', async () => {
  const place = new Workplace()
  place.write('a/1.csv', 'n\n1\n')
  place.write('b/1.csv', 'n\n2\n')
  const source = (folder: string): [string, object] => ['sources/csv', { path: `${folder}/*.csv` }]
  const file = place.pipeline({ a: source('a'), b: source('b'), out: ['sinks/ndjson', { path: 'out.ndjson' }] }, [
    ['a', 'out'],
    ['b', 'out'],
  ])
  await night(file)
  place.write('b/2.csv', 'n\n3\n')
  expect(files(await night(file))).toBe('1 0 0 2 0')
  expect(place.rows('out.ndjson').map(({ n }) => n)).toEqual([1, 2, 3])
})

test('files of every format are taken alone, pinned or not', async () => {
  const place = new Workplace()
  for (const kind of ['parquet', 'arrow', 'ndjson', 'csv']) {
    for (const pin of [{}, { pin: { n: 'int64' } }]) {
      const name = `${kind}${'pin' in pin ? '-pinned' : ''}`
      const feed = async (part: number) => {
        place.write('feed.csv', `n\n${part}\n`)
        const feeding = place.pipeline(
          { in: ['sources/csv', { path: 'feed.csv' }], out: [`sinks/${kind}`, { path: `${name}/${part}.${kind}` }] },
          [['in', 'out']],
        )
        await place.run(feeding)
      }
      const draw = () =>
        place.write(
          `${name}.json`,
          JSON.stringify({
            headrace: 1,
            nodes: {
              in: { type: `sources/${kind}`, config: { path: `${name}/*.${kind}`, ...pin } },
              out: { type: 'sinks/ndjson', config: { path: `${name}.ndjson` } },
            },
            edges: [{ from: 'in', to: 'out' }],
          }),
        )
      await feed(1)
      const file = draw()
      await night(file)
      await feed(2)
      expect(await night(file), name).toMatchObject({ filesNew: 1, filesSkipped: 1, rows: { in: 1 } })
      expect(
        place.rows(`${name}.ndjson`).map(({ n }) => n),
        name,
      ).toEqual([1, 2])
    }
  }
})
