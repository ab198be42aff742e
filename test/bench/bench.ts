import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Aim, aimsTable } from './runner/aims.ts'
import { describeMachine } from './runner/machine.ts'
import type { Finding, Measure } from './runner/measure.ts'
import { installPeers } from './runner/peers.ts'
import { printFinding, printMachine, printTable } from './runner/print.ts'
import { drawFinding, newestAims, writeResults } from './runner/results.ts'

const folder = import.meta.dirname
const all = readdirSync(join(folder, 'measures')).map((file) => file.replace(/\.ts$/, ''))
const help = `npm run bench -- [<name> …] [--peers] [--quick] [--repeats 5] [--texts 20000] [--summary]

  <name>      ${all.join(', ')}; without a name all of them, one after the other
  --peers     installs the tools that others use into test/bench/data, once, and lets them take part
  --quick     small inputs and few rounds, to try a benchmark out: about 20 minutes for all of them with --peers; without
              --quick an hour and a half, three hours with --peers
  --repeats   rounds that count
  --texts     texts of the benchmarks that run a text model
  --summary   runs nothing: the table of aims from the newest results of each benchmark

Prints Markdown and keeps it, the figures as JSON and plots as SVG in test/bench/results. Fails where contenders come to
different results, never on a time.
`
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    repeats: { type: 'string' },
    texts: { type: 'string' },
    peers: { type: 'boolean', default: false },
    summary: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
})
const unknown = positionals.filter((name) => !all.includes(name))
const repeats = values.repeats === undefined ? null : Number(values.repeats)
const texts = values.texts === undefined ? null : Number(values.texts)
const whole = (value: number | null) => value === null || (Number.isInteger(value) && value > 0)
if (values.help) {
  process.stdout.write(help)
  process.exit(0)
}
if (unknown.length || !whole(repeats) || !whole(texts)) {
  const wrong = unknown.length ? `no benchmark ${unknown.join(', ')}` : '--repeats and --texts are whole numbers from 1'
  process.stderr.write(`${wrong}\n\n${help}`)
  process.exit(2)
}
if (values.summary) {
  const { aims, commits } = newestAims()
  process.stdout.write(
    `# Aims\n\nNewest results, of commits ${commits.join(', ')}.\n\n${printTable(aimsTable(aims), 3)}\n`,
  )
  process.exit(0)
}

const started = new Date()
const peers = values.peers ? installPeers((text) => process.stderr.write(`${text}\n`)) : null
const machine = describeMachine(peers?.versions)
const stamp = started.toISOString().replace(/[:.]/g, '-')
// Of this process alone: two benchmarks side by side spoil the times, but not the results.
const workFolder = join(folder, 'data', `work-${process.pid}`)
const printed = ['# Benchmarks', printMachine(machine, values.quick)]
const figures: Record<string, Finding['figures']> = {}
const aims: Record<string, readonly Aim[]> = {}
let failed = 0
let text = ''
for (const name of positionals.length ? positionals : all) {
  const { default: measure } = (await import(`./measures/${name}.ts`)) as { default: Measure }
  process.stderr.write(`${name}: ${measure.title}\n`)
  rmSync(workFolder, { recursive: true, force: true })
  mkdirSync(workFolder, { recursive: true })
  try {
    const say = (line: string) => process.stderr.write(`  ${line}\n`)
    const finding = await measure.run({ quick: values.quick, repeats, texts, peers, folder: workFolder, say })
    figures[name] = finding.figures
    aims[name] = finding.aims ?? []
    printed.push(printFinding(measure, finding))
    drawFinding(name, finding)
  } catch (error) {
    failed++
    printed.push(`## ${measure.title}\n\n**Failed:** ${error instanceof Error ? error.message : error}`)
    process.stderr.write(`  failed: ${error instanceof Error ? error.stack : error}\n`)
  }
  const found = Object.values(aims).flat()
  const overall = found.length ? [`## Aims\n\n${printTable(aimsTable(found), 3)}`] : []
  text = `${[...printed, ...overall].join('\n\n')}\n`
  writeResults(stamp, text, { machine, quick: values.quick, figures, aims })
}
rmSync(workFolder, { recursive: true, force: true })
process.stdout.write(text)
process.exitCode = failed ? 1 : 0
