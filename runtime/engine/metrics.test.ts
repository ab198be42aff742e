import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { type EdgeCounter, edgeCounters, type NodeCounter, nodeCounters } from './counters.ts'
import { Metrics } from './metrics.ts'
import { MetricsReader } from './metricsreader.ts'
import type { Snapshot } from './snapshot.ts'

const folder = mkdtempSync(join(tmpdir(), 'metrics-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let count = 0
const fresh = () => mkdtempSync(join(folder, `${count++}-`))

const zero = <C extends string>(names: readonly C[]) =>
  Object.fromEntries(names.map((name) => [name, 0])) as Record<C, number>

/** A sample in which `rows` have passed. */
function sample(at: number, rows: number): Snapshot {
  const node = (out: number): Record<NodeCounter, number> => ({ ...zero(nodeCounters), in: out, out, working: at / 2 })
  const edge: Record<EdgeCounter, number> = { ...zero(edgeCounters), rows }
  return {
    at,
    nodes: { zebra: node(rows), ape: node(rows) },
    edges: [{ from: 'zebra', port: '', to: 'ape', ...edge }],
  }
}

test('a reader sees each sample as it was written, nodes in the order of the pipeline', async () => {
  const place = fresh()
  const reader = new MetricsReader(place)
  expect([reader.changed(), reader.latest(), reader.since(0)], 'before the file is there').toEqual([false, null, []])
  const metrics = await Metrics.open(join(place, 'metrics.sqlite'))
  metrics.write(sample(250, 10))
  expect(reader.changed()).toBe(true)
  expect(reader.changed()).toBe(false)
  expect(reader.latest()).toEqual(sample(250, 10))
  expect(Object.keys(reader.latest()?.nodes ?? {})).toEqual(['zebra', 'ape'])
  metrics.write(sample(500, 20))
  expect(reader.changed()).toBe(true)
  expect(reader.since(0)).toEqual([sample(250, 10), sample(500, 20)])
  expect(reader.since(250)).toEqual([sample(500, 20)])
  metrics.close()
  expect(reader.latest(), 'also when the run is over').toEqual(sample(500, 20))
  reader.close()
})

test('where nothing changes nothing is written, but for the moment in which rates fall to nothing', async () => {
  const place = fresh()
  const metrics = await Metrics.open(join(place, 'metrics.sqlite'))
  const reader = new MetricsReader(place)
  for (let at = 0; at <= 60_000; at += 250) metrics.write(sample(at, 5))
  reader.changed()
  metrics.write(sample(60_250, 5))
  expect(reader.changed()).toBe(false)
  expect(reader.latest()?.at).toBeLessThan(7000)
  metrics.write(sample(60_500, 6))
  expect(reader.latest()?.at).toBe(60_500)
  metrics.write(sample(90_000, 6))
  metrics.write(sample(90_250, 6), true)
  expect(reader.latest()?.at, 'the last one of a run').toBe(90_250)
  metrics.close()
  reader.close()
})

test('a run of an hour leaves a small file, and a run that is taken up again goes on from its time', async () => {
  const place = fresh()
  const path = join(place, 'metrics.sqlite')
  const metrics = await Metrics.open(path)
  for (let at = 0; at <= 3_600_000; at += 250) metrics.write(sample(at, at))
  metrics.close()
  expect(statSync(path).size).toBeLessThan(1e6)
  const again = await Metrics.open(path)
  expect(again.before).toBe(3_600_000)
  again.close()
})
