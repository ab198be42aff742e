import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { describeMachine } from './runner/machine.ts'
import type { Finding, Measure } from './runner/measure.ts'
import { installPeers } from './runner/peers.ts'
import { printFinding, printMachine } from './runner/print.ts'

// npm run bench [-- [<name> …] [--quick] [--repeats 5] [--peers]]
// --peers installs tools from Python's registry into test/bench/data and lets them take part.
// Prints Markdown; keeps it, and the figures as JSON, in test/bench/results. Fails where contenders come to different
// results, never on a time.

const folder = import.meta.dirname
const all = readdirSync(join(folder, 'measures')).map((file) => file.replace(/\.ts$/, ''))
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    repeats: { type: 'string' },
    peers: { type: 'boolean', default: false },
  },
})
const unknown = positionals.filter((name) => !all.includes(name))
const repeats = values.repeats === undefined ? null : Number(values.repeats)
if (unknown.length || (repeats !== null && !(Number.isInteger(repeats) && repeats > 0))) {
  const wrong = unknown.length ? `no benchmark ${unknown.join(', ')}` : '--repeats is a whole number from 1'
  console.error(`${wrong}\nnpm run bench -- [${all.join(' | ')}] [--quick] [--repeats 5] [--peers]`)
  process.exit(2)
}

const installed = values.peers ? installPeers((text) => process.stderr.write(`${text}\n`)) : null
if (typeof installed === 'string') process.stderr.write(`skipped: ${installed}\n`)
const peers = typeof installed === 'string' ? null : installed
const machine = describeMachine(peers?.versions)
const results = join(folder, 'results')
const workFolder = join(folder, 'data', 'work')
mkdirSync(results, { recursive: true })
const printed = ['# Benchmarks', printMachine(machine, values.quick)]
const figures: Record<string, Finding['figures']> = {}
let failed = 0
for (const name of positionals.length ? positionals : all) {
  const { default: measure } = (await import(`./measures/${name}.ts`)) as { default: Measure }
  process.stderr.write(`${name}: ${measure.title}\n`)
  rmSync(workFolder, { recursive: true, force: true })
  mkdirSync(workFolder, { recursive: true })
  try {
    const say = (text: string) => process.stderr.write(`  ${text}\n`)
    const finding = await measure.run({ quick: values.quick, repeats, peers, folder: workFolder, say })
    figures[name] = finding.figures
    printed.push(printFinding(measure, finding))
  } catch (error) {
    failed++
    printed.push(`## ${measure.title}\n\n**Failed:** ${error instanceof Error ? error.message : error}`)
    process.stderr.write(`  failed: ${error instanceof Error ? error.stack : error}\n`)
  }
}
rmSync(workFolder, { recursive: true, force: true })

const text = `${printed.join('\n\n')}\n`
process.stdout.write(text)
const stamp = new Date().toISOString().replace(/[:.]/g, '-')
writeFileSync(join(results, `${stamp}.md`), text)
writeFileSync(join(results, `${stamp}.json`), `${JSON.stringify({ machine, quick: values.quick, figures }, null, 2)}\n`)
process.exitCode = failed ? 1 : 0
