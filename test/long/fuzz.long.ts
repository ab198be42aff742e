import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { watchFuzz } from '../fuzz/engine/watch.ts'
import { targetNames } from '../fuzz/targets/index.ts'

// Each target for some minutes: HEADRACE_FUZZ_SECONDS, HEADRACE_SEED; where shared data is present, it is among the seeds.

const seconds = Number(process.env['HEADRACE_FUZZ_SECONDS'] ?? 120)
const seed = Number(process.env['HEADRACE_SEED'] ?? Math.floor(Date.now() / 1000) % 1_000_000)
process.env['HEADRACE_FUZZ_SHARED'] = '1'

for (const name of targetNames) {
  test(`${name}: ${seconds} s of fuzzing find nothing`, async () => {
    const queue = join(tmpdir(), 'headrace-fuzz', name, 'queue')
    const ran = await watchFuzz(name, { seed, executions: Number.MAX_SAFE_INTEGER, seconds }, { queue })
    process.stdout.write(`${name}: ${ran.executions} executions from seed ${seed}, ${ran.blocks} blocks\n`)
    const found = ran.found.map(({ signature, error, input }) => `${signature}\n${error}\n${input.toString('base64')}`)
    expect(found, `HEADRACE_SEED=${seed}`).toEqual([])
  })
}
