import { mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { nameOf } from './engine/loop.ts'
import { watchFuzz } from './engine/watch.ts'
import { targetNames } from './targets/index.ts'

// `npm run fuzz -- csv --seconds 60`: fuzzes one target, or several, or all; what it finds is written to a folder.

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string' }, seed: { type: 'string' }, out: { type: 'string' } },
})
const seconds = Number(values.seconds ?? 60)
const seed = Number(values.seed ?? process.env['HEADRACE_SEED'] ?? Date.now() % 1_000_000)
const out = values.out ?? join(tmpdir(), 'headrace-fuzz')

let found = 0
for (const target of positionals.length ? positionals : targetNames) {
  if (!targetNames.includes(target)) {
    console.error(`there is no target "${target}"; there are ${targetNames.join(', ')}`)
    process.exitCode = 2
    break
  }
  const ran = await watchFuzz(
    target,
    { seed, executions: Number.MAX_SAFE_INTEGER, seconds },
    { queue: join(out, target, 'queue') },
  )
  console.log(`${target}: ${ran.executions} executions, ${ran.inputs} inputs kept, ${ran.blocks} blocks, seed ${seed}`)
  for (const [ending, count] of Object.entries(ran.endings).slice(0, 12)) console.log(`  ${count} × ${ending}`)
  for (const one of ran.found) {
    found++
    const path = join(out, target, 'found', nameOf(Buffer.concat([Buffer.from(one.signature), one.input])))
    mkdirSync(join(out, target, 'found'), { recursive: true })
    writeFileSync(path, one.input)
    writeFileSync(`${path}.txt`, `${one.signature}\n\n${one.error}\n`)
    console.log(`FOUND ${one.signature}\n  ${path}`)
  }
}
if (found) process.exitCode = 1
