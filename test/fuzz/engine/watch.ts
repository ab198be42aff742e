import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Said, Task } from './child.ts'
import type { Budget, Counted } from './loop.ts'

/** Something wrong, and the input that shows it. */
export interface Found {
  readonly target: string
  readonly signature: string
  readonly error: string
  readonly input: Buffer
}

export interface Ran extends Counted {
  readonly found: readonly Found[]
}

/** An input is a hang when it has used this much processor time, or this much time by the clock on a busy machine. */
export const hang = { processor: 10, clock: 90 }
/** A child's own objects; what it maps besides is counted by the loop. */
const heap = 1024

export interface Watching {
  /** Where inputs that reached something new are kept for the next run. */
  readonly queue?: string
  /** Fed first, each once. */
  readonly inputs?: readonly Buffer[]
  readonly hang?: typeof hang
}

/** Runs a target in a child process within a budget; a death or a hang is a finding, and the run goes on after it. */
export async function watchFuzz(target: string, budget: Budget, watching: Watching = {}): Promise<Ran> {
  const { queue = null, inputs = [] } = watching
  const found: Found[] = []
  const began = performance.now()
  let counted: Counted = { executions: 0, inputs: 0, blocks: 0, endings: {} }
  for (let deaths = 0; ; deaths++) {
    const seconds = budget.seconds - (performance.now() - began) / 1000
    const rest = { ...budget, seed: budget.seed + deaths, executions: budget.executions - counted.executions, seconds }
    const first = deaths ? [] : inputs.map((one) => one.toString('base64'))
    const one = await runChild({ target, budget: rest, queue, inputs: first }, watching.hang ?? hang)
    found.push(...one.found.filter(({ signature }) => !found.some((other) => other.signature === signature)))
    counted = sumOf(counted, one.counted)
    if (!one.died || deaths >= 5 || seconds < 1 || rest.executions <= 1) return { ...counted, found }
  }
}

function sumOf(a: Counted, b: Counted): Counted {
  const endings = { ...a.endings }
  for (const [ending, count] of Object.entries(b.endings)) endings[ending] = (endings[ending] ?? 0) + count
  return {
    executions: a.executions + b.executions,
    inputs: Math.max(a.inputs, b.inputs),
    blocks: Math.max(a.blocks, b.blocks),
    endings,
  }
}

async function runChild(
  task: Omit<Task, 'current'>,
  limits: typeof hang,
): Promise<{ found: Found[]; counted: Counted; died: boolean }> {
  const folder = mkdtempSync(join(tmpdir(), 'headrace-fuzz-'))
  const current = join(folder, 'current')
  writeFileSync(current, '')
  const child = fork(join(import.meta.dirname, 'child.ts'), {
    execArgv: [`--max-old-space-size=${heap}`],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, HEADRACE_POISON: '1' },
  })
  const found: Found[] = []
  let counted: Counted = { executions: 0, inputs: 0, blocks: 0, endings: {} }
  let done = false
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4000)))
  child.on('message', (message: Said) => {
    if (message.type === 'found')
      found.push({ ...message, target: task.target, input: Buffer.from(message.input, 'base64') })
    else {
      counted = message.counted
      done = true
      // Whatever it left open is not waited for.
      setTimeout(() => child.kill('SIGKILL'), 10_000).unref()
    }
  })
  child.send({ ...task, current })
  let hung = false
  const watch = watchHang(child, current, limits, () => (hung = true))
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
    child.on('close', (...ended) => resolve(ended)),
  )
  clearInterval(watch)
  if (!done) {
    const why = hung ? 'it hung' : `the process died: ${signal ?? `exit code ${code}`}`
    found.push({
      target: task.target,
      signature: `${why} ${lastWords(said)}`.trim(),
      error: said,
      input: read(current),
    })
  }
  rmSync(folder, { recursive: true, force: true })
  return { found, counted, died: !done }
}

const lastWords = (said: string): string =>
  /(?:FATAL ERROR|Error|panicked|terminate called)[^\n]*/.exec(said)?.[0] ?? ''

function read(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch {
    return Buffer.alloc(0) // it died before the first input
  }
}

/** Kills a child that stays at one input for too long. */
function watchHang(child: ChildProcess, current: string, limits: typeof hang, hung: () => void): NodeJS.Timeout {
  let since = { at: 0, processor: 0, clock: performance.now() }
  return setInterval(() => {
    const at = statSync(current, { throwIfNoEntry: false })?.mtimeMs ?? 0
    const processor = processorSeconds(child.pid)
    if (at !== since.at) since = { at, processor, clock: performance.now() }
    // Until the first input the modules are loaded and the seeds made.
    const clock = (performance.now() - since.clock) / 1000
    if ((at > 0 && processor - since.processor > limits.processor) || clock > limits.clock) {
      hung()
      child.kill('SIGKILL')
    }
  }, 500)
}

/** User and system time of a process, from /proc; 0 where there is none. */
function processorSeconds(pid: number | undefined): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    return (Number(fields[11]) + Number(fields[12])) / 100
  } catch {
    return 0
  }
}
