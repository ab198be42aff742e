import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { edgeCounters, nodeCounters } from './counters.ts'
import { Metrics } from './metrics.ts'
import { MetricsReader } from './metricsreader.ts'
import type { Snapshot } from './snapshot.ts'

const base = mkdtempSync(join(tmpdir(), 'headrace-beside-'))

function sample(at: number): Snapshot {
  const all = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, at]))
  return {
    at,
    nodes: { a: all(nodeCounters) },
    edges: [{ from: 'a', port: '', to: 'b', ...all(edgeCounters) }],
  } as unknown as Snapshot // every counter has its value
}

/** Another process that looks at the counters of the newest folder without a pause; it prints what it cannot read. */
async function looker(): Promise<{ child: ChildProcess; said: () => string }> {
  const code = `import { existsSync } from 'node:fs'
import { MetricsReader } from ${JSON.stringify(new URL('./metricsreader.ts', import.meta.url).href)}
console.log('looking')
const folder = (turn) => ${JSON.stringify(base)} + '/' + turn
for (let turn = 0; ; ) {
  while (existsSync(folder(turn + 1))) turn++
  const reader = new MetricsReader(folder(turn))
  for (let i = 0; i < 20; i++) try { reader.latest() } catch (error) { console.log(turn, error.message) }
  reader.close()
}`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (said += chunk))
  await new Promise((resolve) => child.stdout.once('data', resolve))
  return { child, said: () => said }
}

test('a reader that looks from the first moment on neither hinders the counters nor sees them half made', async () => {
  mkdirSync(join(base, '0'))
  const { child, said } = await looker()
  for (let turn = 1; turn <= 30; turn++) {
    const folder = join(base, String(turn))
    mkdirSync(folder)
    const metrics = await Metrics.open(join(folder, 'metrics.sqlite'))
    for (let at = 1; at <= 3; at++) metrics.write(sample(at * 250))
    metrics.close()
    const reader = new MetricsReader(folder)
    expect(reader.since(0).map(({ at }) => at)).toEqual([250, 500, 750])
    reader.close()
  }
  child.kill('SIGKILL')
  expect(said()).toBe('looking\n')
  rmSync(base, { recursive: true })
})
