import { styled } from './print.ts'
import { exitCodeOf, refusal, tellRefusal } from './refusal.ts'
import { logLine } from './voice/json.ts'

/** How a command that works on a run ended. */
export interface Outcome {
  readonly exitCode: number
  /** The object that --json prints. */
  readonly told: object
}

export interface EndFlags {
  readonly json?: boolean
  readonly log?: 'text' | 'json'
  readonly onEnd?: string
}

/** So long the command of --on-end may take. */
const mostMilliseconds = 300_000
/** So long its last lines may come after its end. */
const flushMilliseconds = 500

/**
 * Does what a command does and, however that ends, hands its final object to the command of --on-end; returns the exit
 * code, which that command has no part in.
 */
export async function toTheEnd(flags: EndFlags, act: () => Promise<Outcome>): Promise<number> {
  const outcome = await act().catch((error: unknown) => {
    tellRefusal(error, { json: flags.json === true, log: flags.log === 'json' })
    return { exitCode: exitCodeOf(error), told: refusal(error) }
  })
  if (flags.onEnd !== undefined) {
    const failed = await handOn(flags.onEnd, outcome, flags.log === 'json')
    if (failed) warn(`the command of --on-end ${failed}`, flags.log === 'json')
  }
  return outcome.exitCode
}

/** Runs the command with the object on its standard input; null, or how it failed. What it prints goes to standard error. */
async function handOn(command: string, { exitCode, told }: Outcome, log: boolean): Promise<string | null> {
  const [{ spawn }, { createInterface }] = await Promise.all([import('node:child_process'), import('node:readline')])
  const { status, runId, folder } = told as { status?: string; runId?: string; folder?: string }
  const child = spawn(command, {
    shell: true,
    stdio: ['pipe', log ? 'pipe' : 2, log ? 'pipe' : 2],
    // A group of its own, so that all of it can be ended.
    detached: true,
    env: {
      ...process.env,
      HEADRACE_EXIT_CODE: String(exitCode),
      HEADRACE_STATUS: status ?? '',
      HEADRACE_RUN_ID: runId ?? '',
      HEADRACE_RUN_FOLDER: folder ?? '',
    },
  })
  for (const stream of [child.stdout, child.stderr])
    if (stream) createInterface({ input: stream }).on('line', (line) => logLine('info', 'on-end', line))
  // A command may end without reading it.
  child.stdin?.on('error', () => {})
  child.stdin?.end(`${JSON.stringify(told)}\n`)
  return await new Promise((resolve) => {
    let late = false
    const timer = setTimeout(() => {
      late = true
      if (child.pid) process.kill(-child.pid, 'SIGKILL')
    }, mostMilliseconds)
    const done = (failed: string | null) => {
      clearTimeout(timer)
      resolve(failed)
    }
    child.once('error', ({ message }) => done(`could not be started: ${message}`))
    child.once('exit', (code, signal) => {
      const failed = late ? 'took over 5 minutes and was ended' : signal ? `was ended by ${signal}` : null
      const end = () => done(failed ?? (code === 0 ? null : `ended with exit code ${code}`))
      // What it left in the background is not waited for.
      child.once('close', end)
      setTimeout(end, flushMilliseconds).unref()
    })
  })
}

function warn(message: string, log: boolean): void {
  if (log) logLine('warn', 'on-end', message)
  else process.stderr.write(`${styled('yellow', 'warn', process.stderr)}: ${message}\n`)
}
