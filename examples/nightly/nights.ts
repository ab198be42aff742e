import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expected, orders, send, stored } from './shop.ts'

// Plays seven nights with the real command line, in a folder of its own: node examples/nightly/nights.ts

const headrace = join(import.meta.dirname, '..', '..', 'node_modules', '.bin', 'headrace')
const folder = mkdtempSync(join(tmpdir(), 'headrace-nights-'))
const pipeline = join(folder, 'pipeline.json')
for (const name of ['pipeline.json', 'pipeline.test.json', 'customers.csv'])
  cpSync(join(import.meta.dirname, name), join(folder, name))

/** What --json prints: a report, or why there is none. */
interface Told {
  readonly status: string
  readonly exitCode: number
  readonly runId?: string | null
  readonly message?: string
  readonly rows?: { readonly in: number; readonly stored: number; readonly rejected: number }
  readonly filesNew?: number
  readonly filesChanged?: number
  readonly filesSkipped?: number
  readonly filesGone?: number
  readonly error?: { readonly message: string }
  readonly problems?: readonly { readonly severity: string; readonly message: string; readonly hint?: string }[]
}

const say = (text: string) => process.stdout.write(`${text}\n`)
const begin = (args: readonly string[], env = {}): ChildProcess =>
  spawn(headrace, args, { cwd: folder, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })

/** Runs a command, says what became of it, and why, by what it reports. */
async function command(...args: string[]): Promise<Told> {
  const child = begin([...args, '--json'])
  let printed = ''
  child.stdout?.on('data', (chunk) => (printed += chunk))
  await once(child, 'close')
  const told = JSON.parse(printed) as Told
  say(`  $ headrace ${args.join(' ')}`)
  say(`    exit ${told.exitCode}: ${why(told)}`)
  return told
}

function why({ status, message, rows, error, problems = [], ...told }: Told): string {
  const [problem] = problems.filter(({ severity }) => severity === 'error')
  if (problem) return `${problem.message}\n    ${problem.hint?.split('\n')[0] ?? ''}`
  if (message) return message
  const { filesNew = 0, filesChanged = 0, filesSkipped = 0, filesGone = 0 } = told
  const files = `${filesNew} new, ${filesChanged} changed, ${filesSkipped} skipped, ${filesGone} gone`
  const counts = `${rows?.stored} stored, ${rows?.rejected} rejected`
  return `${status} · ${told.filesNew === undefined ? '' : `files: ${files} · `}${error?.message ?? counts}`
}

const run = (day: string, ...more: string[]) =>
  command('run', 'pipeline.json', '--new', '--param', `day=${day}`, ...more)
const days = [23, 24, 25, 26, 27, 28, 29].map((day) => `2026-11-${day}`)
const loaded = new Map<string, string>()

/** One night: what came, and the night's run. */
async function night(day: string, story: string, act: () => Promise<void>): Promise<void> {
  say(`\nNight ${days.indexOf(day) + 1}, ${day}: ${story}`)
  await act()
  say(`  stored: ${(await stored(folder)).length} rows`)
}

const [monday, tuesday, wednesday, thursday, friday, saturday, sunday] = days as [
  string,
  string,
  string,
  string,
  string,
  string,
  string,
]
const arrive = (file: string, day: string, some: Parameters<typeof send>[2], header?: string) => {
  send(folder, file, some, header)
  loaded.set(file, day)
}

await night(monday, 'the first two files', async () => {
  arrive('2026-11-22', monday, orders(100, 3))
  arrive(monday, monday, orders(200, 4))
  await run(monday)
  await run(monday)
})
await night(tuesday, 'a new file, and one that is late', async () => {
  arrive('2026-11-20', tuesday, orders(50, 2))
  arrive(tuesday, tuesday, orders(300, 3))
  await run(tuesday)
})
await night(wednesday, "a new file, and Monday's once more, corrected", async () => {
  arrive(
    monday,
    wednesday,
    orders(200, 4).map((order) => ({ ...order, total: order.total + 1 })),
  )
  arrive(wednesday, wednesday, orders(400, 3))
  await run(wednesday)
})
await night(thursday, 'the shop has renamed a column', async () => {
  arrive(thursday, thursday, orders(500, 3), 'id,customer,pieces,amount')
  await run(thursday)
  say('  The shop sends the file as it should be.')
  arrive(thursday, thursday, orders(500, 3))
  await run(thursday)
})
await night(friday, 'a row says "two" where a number should stand', async () => {
  arrive(
    friday,
    friday,
    orders(600, 3).map((order, i) => (i === 1 ? { ...order, pieces: 'two' } : order)),
  )
  await run(friday)
  writeFileSync(join(folder, 'mended.json'), '{"values": {"0": {"pieces": "2"}}}')
  await command('replay', 'pipeline.json', '--mend', 'mended.json')
})
await night(saturday, 'a large file, and the process is killed in the middle of it', async () => {
  arrive(saturday, saturday, orders(100_000, 250_000))
  await kill('run', 'pipeline.json', '--new', '--param', `day=${saturday}`, '--workers', '1')
  await run(saturday)
  await command('resume', 'pipeline.json')
  await run(saturday)
})
await night(sunday, 'the tax that the pipeline adds is another from now on', async () => {
  arrive(sunday, sunday, orders(700, 3))
  writeFileSync(pipeline, readFileSync(pipeline, 'utf8').replace('1.08', '1.1'))
  await run(sunday)
  await run(sunday, '--accept')
  await run(sunday)
})

/** Starts a command and kills it, hard, as soon as it has stored some rows. */
async function kill(...args: string[]): Promise<void> {
  const before = new Set(readdirSync(join(folder, '.headrace', 'runs')))
  const child = begin(args)
  const ended = once(child, 'close')
  while (child.exitCode === null && !hasStored(before)) await setTimeout(5)
  child.kill('SIGKILL')
  await ended
  say(`  $ headrace ${args.join(' ')}\n    killed`)
}

function hasStored(before: ReadonlySet<string>): boolean {
  const run = readdirSync(join(folder, '.headrace', 'runs')).find((name) => !before.has(name) && !name.startsWith('.'))
  const ledger = join(folder, '.headrace', 'runs', run ?? '', 'ledger')
  return run !== undefined && existsSync(ledger) && readFileSync(ledger, 'utf8').includes('"commit"')
}

const [should, is] = [
  expected(folder, loaded, (day) => (day === sunday ? 1.1 : 1.08)).sort(),
  (await stored(folder)).sort(),
]
const same = should.length === is.length && should.every((row, i) => row === is[i])
say(
  `\n${same ? `The table holds exactly the ${is.length} rows of the files` : `The table holds ${is.length} rows, ${should.length} were expected: they differ`}.`,
)
rmSync(folder, { recursive: true, force: true })
process.exitCode = same ? 0 : 1
