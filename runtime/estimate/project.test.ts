import { expect, test } from 'vitest'
import type { PlannedSplit } from '../engine/runfolder.ts'
import type { Plan } from '../plan/plan.ts'
import { apart } from './calibrate.ts'
import { project } from './project.ts'
import { gathered } from './rounds.ts'
import type { Portion, Sampled } from './sample.ts'

/** As much of a plan as is looked at: a source, a filter and a sink. */
const plan = (lanes = 2, models: { key: string; nodes: string[]; sessions: number }[] = []) =>
  ({
    flow: {
      limit: null,
      nodes: [
        { id: 'in', kind: 'source' },
        { id: 'keep', kind: 'transform' },
        { id: 'out', kind: 'sink' },
      ],
    },
    lanes,
    models,
    splitRows: 100_000,
  }) as unknown as Plan

const splits = (count: number, rows?: number): PlannedSplit[] =>
  Array.from({ length: count }, () => ({
    source: 'in',
    split: { parts: [], bytes: 1000, ...(rows !== undefined && { rows }) },
  }))

const portion = (more: Partial<Portion> = {}): Portion => ({
  start: 'in',
  rows: 1000,
  share: 1,
  bytes: 1000,
  wall: 10,
  cpu: 10,
  cold: false,
  nodes: {
    in: { working: 2, in: 1000, out: 1000 },
    keep: { working: 3, in: 1000, out: 500 },
    out: { working: 5, in: 500, out: 500 },
  },
  costs: {},
  staged: { out: { rows: 500, bytes: 5000 } },
  kept: {},
  ...more,
})

const sampled = (more: Partial<Sampled> = {}): Sampled => ({
  loading: 0,
  free: 2,
  portions: [portion()],
  models: {},
  gathers: [],
  sinks: {},
  ...more,
})

const around = { cores: 2, starting: 500, untried: [] }

test('what some rows took is projected onto all, over the lanes, with what comes before the first', () => {
  const { seconds, low, high, rows, nodes, slowest } = project(plan(), splits(100, 1000), sampled(), around)
  expect(rows).toBe(100_000)
  expect(seconds).toBeCloseTo(0.5 + (100 * 0.01) / 2)
  expect([low < seconds, high > seconds]).toEqual([true, true])
  expect(nodes['keep']).toEqual({ seconds: 0.3, share: 0.3, in: 100_000, out: 50_000 })
  expect(slowest).toBe('out')
})

test('lanes help as far as there are cores and splits', () => {
  const of = (lanes: number, count: number, cores: number) =>
    project(plan(lanes), splits(count, 100_000 / count), sampled({ free: cores }), { ...around, cores, starting: 0 })
      .seconds
  expect(of(1, 100, 8)).toBeCloseTo(1)
  expect(of(4, 100, 8)).toBeCloseTo(0.25)
  expect(of(4, 100, 2)).toBeCloseTo(0.5)
  expect(of(4, 1, 8)).toBeCloseTo(1)
  // Two rounds of three splits, of which the second has one.
  expect(of(2, 3, 8)).toBeCloseTo(2 / 3)
})

test('rows that nobody has counted are guessed by their bytes', () => {
  const read = sampled({ portions: [portion({ rows: 500, share: 0.5 })] })
  expect(project(plan(), splits(10), read, around).rows).toBe(10_000)
})

test('the first portions say what is slow at first, where others tell what is usual', () => {
  const cold = portion({ cold: true, rows: 100, wall: 201, cpu: 201 })
  const { seconds } = project(plan(), splits(100, 1000), sampled({ portions: [cold, portion()] }), around)
  expect(seconds).toBeCloseTo(0.5 + 0.2 + 0.5)
  const alone = project(plan(1), splits(1, 100), sampled({ portions: [cold] }), around)
  expect(alone.seconds).toBeCloseTo(0.5 + 0.201)
})

test('a model is as quick as its calls were, over its sessions; where it is slower than the lanes it counts alone', () => {
  const models = { m: { opening: 1000, calls: 4, cost: 100, wall: 1000, cpu: 1000 } }
  const read = sampled({ portions: [portion({ costs: { m: 100 } })], models })
  const of = (sessions: number, cores: number) =>
    project(plan(2, [{ key: 'm', nodes: ['keep'], sessions }]), splits(100, 1000), { ...read, free: cores }, around)
  expect(of(1, 8).seconds).toBeCloseTo(0.5 + 1 + 100)
  expect(of(4, 8).seconds).toBeCloseTo(0.5 + 1 + 25)
  expect(of(4, 2).seconds).toBeCloseTo(0.5 + 1 + (100 + 1) / 2)
  expect(of(1, 8).slowest).toBe('keep')
})

test('commits take something each and something for each row', () => {
  const commits = [
    { rows: 10, bytes: 100, wall: 500, cpu: 1 },
    { rows: 1000, bytes: 1000, wall: 110, cpu: 0 },
    { rows: 11_000, bytes: 1000, wall: 210, cpu: 0 },
  ]
  const of = (group: { rows: number; bytes: number; seconds: number } | null) =>
    project(plan(), splits(100, 1000), sampled({ sinks: { out: { commits, finishing: 0, group } } }), {
      ...around,
      starting: 0,
    }).nodes['out']?.seconds as number
  // 50,000 rows at 0.01 ms, and 100 ms for each commit.
  expect(of(null)).toBeCloseTo(0.5 + 0.5 + 10)
  expect(of({ rows: 10_000, bytes: 1e9, seconds: 100 })).toBeCloseTo(0.5 + 0.5 + 0.5)
})

test('a node that needs all rows takes what more rows took, and its rows go on', () => {
  const whole = { rows: 1000, wall: 300, cpu: 300, out: 1000 }
  const half = { rows: 500, wall: 200, cpu: 200, out: 500 }
  // Ten times the rows, put in order: log 10,000 / log 1,000 as much for each.
  const { wall, out } = gathered({ node: 'n', whole, half, passed: true }, 10_000)
  expect([Math.round(wall), out]).toEqual([300 + Math.round(0.2 * (10_000 * (4 / 3) - 1000)), 10_000])
  // Twice the rows had 1.1 times the groups.
  const groups = gathered(
    { node: 'n', whole: { ...whole, out: 110 }, half: { ...half, out: 100 }, passed: false },
    8000,
  )
  expect(groups.out).toBeCloseTo(110 * 1.1 ** 3)
  expect(gathered({ node: 'n', whole: { rows: 0, wall: 5, cpu: 5, out: 0 }, half: null, passed: true }, 0)).toEqual({
    wall: 0,
    cpu: 0,
    out: 0,
  })
})

test('where others have the processors, the cores that are left count, and the answer is less sure', () => {
  const of = (free: number) => project(plan(2), splits(100, 1000), sampled({ free }), { ...around, starting: 0 })
  expect(of(1).seconds).toBeCloseTo(2 * of(2).seconds)
  expect(of(1).busy).toBe(0.5)
  expect(of(1).high / of(1).seconds).toBeGreaterThan(of(2).high / of(2).seconds)
})

test('places lie apart, also the first few of them', () => {
  expect(apart(3, 8)).toEqual([0, 1, 2])
  const places = apart(1000, 8)
  expect(new Set(places).size).toBe(8)
  expect(Math.max(...places) - Math.min(...places)).toBeGreaterThan(700)
  const [a = 0, b = 0] = places
  expect(Math.abs(a - b)).toBeGreaterThan(200)
})
