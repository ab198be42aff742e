import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { observe } from './observer.ts'
import { type Watched, watched } from './pipelines.ts'
import { watch } from './watched.ts'

const noProc = readdirSync('/').includes('proc') ? false : 'there is no /proc here to look into'

/** Rows of a short run, and the cap: small enough that a leak or an unbounded queue would be above the plan. */
const short: readonly (readonly [name: RegExp, rows: number, memory: string])[] = [
  [/^CSV → filter/, 200_000, '64MB'],
  [/^NDJSON → CSV/, 300_000, '64MB'],
  [/^vectors → LanceDB/, 100_000, '64MB'],
  [/^sort/, 200_000, '128MB'],
  [/^texts → embed/, 200, '64MB'],
  [/slow model/, 20_000, '64MB'],
  [/stalls/, 200_000, '64MB'],
  [/^CSV, rows of 1 byte/, 1000, '128MB'],
  [/^NDJSON, rows of 1 byte/, 1000, '256MB'],
]

/** Code that runs before the command line does. */
const before = (code: string) => ['--import', `data:text/javascript,${encodeURIComponent(code)}`]
const large = 'const large = Buffer.alloc(200e6, 1); setTimeout(() => large.length, 1000)'

test.skipIf(noProc)('the observer sees what a process has resident, and what its children have', async () => {
  const idle = await observe(['--version'])
  expect(idle).toMatchObject({ code: 0 })
  const grown = await observe(['--version'], { node: before(large) })
  expect(grown.peak - idle.peak).toBeGreaterThan(150e6)
  const child = `import('node:child_process').then((m) => m.spawn(process.execPath, ['-e', '${large}']))`
  const parent = await observe(['--version'], { node: before(child) })
  expect(Math.max(...parent.samples.map(({ processes }) => processes))).toBe(2)
  expect(parent.peak - idle.peak).toBeGreaterThan(150e6)
})

test.skipIf(noProc).each(short)('seen from outside, %s stays below what plan expects', async (name, rows, memory) => {
  const pipeline = watched.find((one) => name.test(one.name)) as Watched
  const { report, peak, expected } = await watch(pipeline, rows, ['--memory', memory, '--workers', '2'])
  expect(report).toMatchObject({ status: 'done', balanced: true })
  expect(peak).toBeGreaterThan(0)
  expect(peak).toBeLessThanOrEqual(expected)
})
