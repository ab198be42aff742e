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

/** Steps of a file, in an order in which each is still to come. */
const ofFile = [
  'part.stage:torn:2',
  'file.open:kill-after:9',
  'file.commit:torn:1',
  'file.clear:kill-after:1',
  'file.finish.rename:kill-after:1',
]

/** Steps of a folder, likewise. */
const ofFolder = [
  'folder.open:kill-after:2',
  'index.open:kill-after:1',
  'folder.commit:kill-after:1',
  'index.append:torn:1',
  'folder.place:kill-after:2',
  'folder.finish:kill-before:1',
  'folder.clear:kill-after:1',
  'index.finish:kill-before:1',
]

/** Each sink alone: of two, which one is ahead of the other is not known. */
const chains = formats.flatMap((format) => [
  {
    name: `${format}, a file`,
    sink: [`sinks/${format}`, { path: `out/rows.${format}` }] as const,
    steps: ofFile,
    outputs: [`rows.${format}`],
  },
  {
    name: `${format}, a folder of parts`,
    sink: [`sinks/${format}`, { path: 'out/', partitionBy: ['kind'] }] as const,
    steps: ofFolder,
    outputs: ['k0', 'k1', 'k2'].map((kind) => `kind=${kind}/part-00000.${format}`),
  },
])

for (const { name, sink, steps, outputs } of chains)
  test(`${name}: killed at each of its steps, it is as in an undisturbed run`, async () => {
    const [whole, place] = [new Workplace(), new Workplace()]
    await runWhole(threeFiles(whole, { out: sink }))
    const wanted = outputFiles(whole, 'out')
    expect([...wanted.keys()].sort()).toEqual(outputs)
    await killInChain(place, threeFiles(place, { out: sink }), steps, () => {
      for (const [file, content] of outputFiles(place, 'out'))
        expect(content.equals(wanted.get(file) as Buffer)).toBe(true)
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
