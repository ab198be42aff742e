import { expect, test } from 'vitest'
import { watched } from '../memory/pipelines.ts'
import { watch } from '../memory/watched.ts'

const million = 1e6

test.each(watched.map((pipeline) => [pipeline.name, pipeline] as const))(
  '%s: below the plan, no more for ten times the rows, a ledger below 1 MB',
  async (_, pipeline) => {
    const [few, many] = pipeline.rows
    const args = ['--memory', '256MB', '--workers', '2']
    const short = await watch(pipeline, few, args)
    const long = await watch(pipeline, many, args)
    for (const { report, peak, expected, ledger } of [short, long]) {
      expect(report).toMatchObject({ balanced: true })
      expect(peak).toBeLessThanOrEqual(expected)
      expect(ledger).toBeLessThan(million)
    }
    // Where the short run did not yet fill its heaps, the long one may: a third more, not ten times.
    expect(long.peak).toBeLessThan(short.peak * 1.35 + 64 * million)
  },
)
