import type { NodeDefinition } from '@headrace/runtime/sdk'
import { expect, test } from 'vitest'
import ndjson from '../../nodes/sinks/ndjson.ts'
import { Faults, SimulatedDisk, type SimulatedProcess } from '../../runtime/disk/index.ts'
import { Commits } from '../../runtime/engine/commits.ts'
import { Ledger } from '../../runtime/engine/ledger.ts'
import { progressOf } from '../../runtime/engine/progress.ts'
import { Chance } from './chance.ts'
import { makeScene, usualSize } from './scene.ts'
import { SimulatedTime } from './time.ts'

// A seed of the simulation found its own output in its way: no part had come to the sink, so that the ledger had
// nothing by which the sink could know its file.
test('a sink that no part came to knows its own output after a crash that followed its last rename', async () => {
  const disk = new SimulatedDisk()
  disk.disk.now.makeFolder('/simulated/out')
  const { flow } = makeScene(new Chance(1), usualSize)
  const out = {
    id: 'out',
    type: 'file',
    kind: 'sink',
    index: 0,
    config: { path: '/simulated/out/o.ndjson', ifExists: 'fail' },
  }
  const time = new SimulatedTime()
  const end = async (process: SimulatedProcess) => {
    const ledger = new Ledger('/simulated/ledger', process.disk)
    const commits = new Commits({
      clock: time,
      disk: process.disk,
      flow: { ...flow, nodes: [{ ...flow.nodes[0], ...out, input: [] }] as never, edges: [] },
      definitions: new Map([['file', ndjson as NodeDefinition]]),
      ledger,
      progress: progressOf(ledger.records),
      deadLetterFile: '/simulated/letters',
      models: [],
      forget: new Map(),
      isReplay: false,
      log: () => () => {},
    })
    await commits.open()
    await commits.finish()
    return ledger.records.map(({ type }) => type)
  }
  // The second record would say that it is finished.
  const killed = disk.process(new Faults([{ point: 'ledger.append.write', kind: 'kill-before', pass: 2 }]))
  await expect(end(killed)).rejects.toThrow('killed')
  expect([...disk.files('/simulated/out').keys()]).toEqual(['/simulated/out/o.ndjson'])
  expect(await end(disk.process())).toEqual(['commit', 'finished'])
})
