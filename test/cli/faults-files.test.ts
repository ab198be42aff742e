import { expect, test } from 'vitest'
import { Workplace } from '../engine/workplace.ts'
import { killInChain, outputFiles, rejectedRows, runWhole, threeFiles } from './faultchain.ts'

// One real process for each step of each file sink, killed there with SIGKILL; the matrix in test/faults has the rest.

const formats = ['csv', 'ndjson', 'arrow', 'parquet'] as const

/** Steps of any run; `run.create` first: until then there is none. */
const everyRun = [
  'run.create:kill-after:9',
  'ledger.open:kill-after:1',
  'letters.stage:torn:1',
  'ledger.append:torn:1',
  'letters.append:torn:2',
  'letters.begin:kill-after:2',
  'letters.clear:kill-before:1',
  'sink.sweep:kill-before:1',
  'report.write:torn:2',
]

/** Steps of a file and of a folder, in an order in which each is still to come. */
const ofSinks = [
  'part.stage:torn:2',
  'file.open:kill-after:9',
  'folder.open:kill-after:2',
  'index.open:kill-after:1',
  'file.commit:torn:1',
  'folder.commit:kill-after:1',
  'index.append:torn:1',
  'file.clear:kill-after:1',
  'file.finish.rename:kill-after:1',
  'folder.place:kill-after:2',
  'folder.finish:kill-before:1',
  'folder.clear:kill-after:1',
  'index.finish:kill-before:1',
]

const outputsOf = (format: string) => ({
  one: [`sinks/${format}`, { path: `out/rows.${format}` }] as const,
  parts: [`sinks/${format}`, { path: 'out/parts/', partitionBy: ['kind'] }] as const,
})

for (const format of formats)
  test(`${format}: a file and a folder of parts, killed at each of their steps, are as in an undisturbed run`, async () => {
    const [whole, place] = [new Workplace(), new Workplace()]
    await runWhole(threeFiles(whole, outputsOf(format)))
    const wanted = outputFiles(whole, 'out')
    expect([...wanted.keys()].sort()).toEqual([
      ...['k0', 'k1', 'k2'].map((kind) => `parts/kind=${kind}/part-00000.${format}`),
      `rows.${format}`,
    ])
    const file = threeFiles(place, outputsOf(format))
    await killInChain(place, file, ofSinks, () => {
      for (const [name, content] of outputFiles(place, 'out'))
        expect(content.equals(wanted.get(name) as Buffer)).toBe(true)
    })
    expect(outputFiles(place, 'out')).toEqual(wanted)
    expect(rejectedRows(place)).toEqual(rejectedRows(whole))
  }, 600_000)

test('all file sinks in one run, killed at each step of a run', async () => {
  const sinks = Object.fromEntries(
    formats.flatMap((format) => [
      [format, [`sinks/${format}`, { path: `out/rows.${format}` }] as const],
      [`${format}_parts`, [`sinks/${format}`, { path: `out/${format}/` }] as const],
    ]),
  )
  const [whole, place] = [new Workplace(), new Workplace()]
  await runWhole(threeFiles(whole, sinks))
  await killInChain(place, threeFiles(place, sinks), everyRun)
  expect(outputFiles(place, 'out')).toEqual(outputFiles(whole, 'out'))
  expect(rejectedRows(place)).toEqual(rejectedRows(whole))
}, 600_000)
