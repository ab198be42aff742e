import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as after } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import type { ToParent } from '../../cli/parent.ts'
import { crashSignals, mostRestarts, type Restart, restartVariable } from '../../engine/crash/after.ts'
import { holdProcess, type RunOrigin } from '../../engine/runprocess.ts'
import type { Problem } from '../../pipeline/problem.ts'
import type { Refusal } from '../api/runs.ts'
import { refusalOf, refusalOfProblems } from './refusal.ts'
import type { Exit } from './view.ts'

/** What a child says when it has begun, or why it has not. */
export type Begun = { readonly id: string; readonly folder: string } | { readonly refusal: Refusal }

export interface ChildrenOptions {
  /** A run's process ended. */
  readonly ended: (id: string, folder: string, exit: Exit) => void
  readonly log: (level: 'info' | 'warn', message: string) => void
  /** Where runs are kept, if not beside each pipeline. */
  readonly state: string | undefined
}

/** A run that has begun, and how. */
interface Began {
  readonly id: string
  readonly folder: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly origin: RunOrigin
  readonly restarts: number
}

const cancelled: Refusal = { error: 'The start was cancelled.', hint: 'Nothing was stored.' }
const cli = fileURLToPath(new URL('../../cli/headrace.mjs', import.meta.url))
/** Of what a child prints only the end is kept: its run's folder has the rest. */
const keptCharacters = 8192
/** A server that closes waits so long for its runs to finish what is in flight; then they end without it. */
const closingMilliseconds = 5000

/**
 * The runs that this server started, each a process of the command line with a channel to it: when the channel ends,
 * however the server ended, the run finishes what is in flight and ends, resumable.
 */
export class Children {
  readonly #options: ChildrenOptions
  readonly #children = new Set<ChildProcess>()
  #closed = false

  constructor(options: ChildrenOptions) {
    this.#options = options
  }

  /** Starts `headrace ARGS`; resolves when its run is at work, or refused. `signal` ends it before that. */
  start(args: readonly string[], folder: string, signal: AbortSignal, origin: RunOrigin = 'page'): Promise<Begun> {
    if (this.#closed) return Promise.resolve({ refusal: { error: 'The server is closing.' } })
    if (signal.aborted) return Promise.resolve({ refusal: cancelled })
    const child = this.#spawn(args, folder, origin)
    const stdout = tailOf(child.stdout)
    const stderr = tailOf(child.stderr)
    return new Promise((resolve) => {
      let begun: { id: string; folder: string } | null = null
      // One that begins in this moment takes it as Stop.
      const cancel = () => child.kill('SIGTERM')
      signal.addEventListener('abort', cancel, { once: true })
      child.on('message', (message) => {
        const said = message as ToParent // what our own command line says
        signal.removeEventListener('abort', cancel)
        if (said.type === 'started') {
          begun = { id: said.id, folder: said.folder }
          resolve(begun)
        } else if (said.type === 'refused') resolve({ refusal: refusalOf(said) })
      })
      child.on('error', (error) => {
        this.#children.delete(child)
        resolve({
          refusal: {
            error: `The run's process could not be started: ${error.message}`,
            hint: 'Free memory or close other programs, then run again.',
          },
        })
      })
      child.on('exit', (code, ended) => {
        this.#children.delete(child)
        signal.removeEventListener('abort', cancel)
        if (begun) this.#ended({ ...begun, args, cwd: folder, origin, restarts: 0 }, { code, signal: ended })
      })
      // All that it printed has been read by now.
      child.on('close', (code, ended) => {
        if (!begun) resolve({ refusal: signal.aborted ? cancelled : silentRefusal(code, ended, stdout(), stderr()) })
        if (code !== 0) this.#options.log('info', `${args.join(' ')} ended with ${ended ?? code}: ${stderr()}`)
      })
    })
  }

  #spawn(args: readonly string[], cwd: string, origin: RunOrigin, restart?: Restart): ChildProcess {
    const child = spawn(process.execPath, [cli, ...args], {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: {
        ...process.env,
        NO_COLOR: '1',
        HEADRACE_ORIGIN: origin,
        HEADRACE_STATE: this.#options.state ?? '',
        ...(restart && { [restartVariable]: JSON.stringify(restart) }),
      },
    })
    this.#children.add(child)
    return child
  }

  /** A run's process ended: where a row crashed it, another one takes the run up and looks for that row. */
  #ended(run: Began, exit: Exit): void {
    const restart = run.restarts + 1
    const { signal } = exit
    if (this.#closed || signal === null || !crashSignals.includes(signal) || restart > mostRestarts + 1) {
      this.#options.ended(run.id, run.folder, exit)
      return
    }
    const { args, cwd, origin, id, folder } = run
    this.#options.log('warn', `run ${id} crashed (${signal}) and is taken up again`)
    const letGo = holdProcess(folder, origin)
    const child = this.#spawn(args, cwd, origin, { signal, restart, most: mostRestarts, folder })
    tailOf(child.stdout)
    const stderr = tailOf(child.stderr)
    const end = (ended: Exit) => {
      if (!this.#children.delete(child)) return
      letGo()
      if (ended.code !== 0)
        this.#options.log('info', `${args.join(' ')} ended with ${ended.signal ?? ended.code}: ${stderr()}`)
      this.#ended({ ...run, restarts: restart }, ended)
    }
    // What it says of its beginning is known.
    child.on('error', () => end({ code: 1, signal: null }))
    child.on('exit', (code, ended) => end({ code, signal: ended }))
  }

  /** Ends the channels and waits a while for the runs to finish what is in flight. */
  async close(): Promise<void> {
    this.#closed = true
    // After `disconnect` Node gives no `close` event.
    const ends = [...this.#children].map((child) => new Promise((resolve) => child.once('exit', resolve)))
    for (const child of this.#children) if (child.connected) child.disconnect()
    const waiting = new AbortController()
    await Promise.race([
      Promise.all(ends),
      after(closingMilliseconds, null, { signal: waiting.signal, ref: false }).catch(() => null),
    ])
    waiting.abort()
    for (const child of this.#children) {
      child.stdout?.destroy()
      child.stderr?.destroy()
      child.unref()
    }
  }
}

/** What is to be said of a child that ended before it said anything: what it printed, else its exit code. */
function silentRefusal(code: number | null, signal: string | null, stdout: string, stderr: string): Refusal {
  try {
    const { problems } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { problems?: readonly Problem[] } // --json
    if (problems?.length) return refusalOfProblems(problems)
  } catch {
    // It printed no object: it was ended from outside, or broke.
  }
  const why = stderr
    .trim()
    .split('\n')
    .findLast((line) => line.trim() !== '')
  return {
    error: `The run's process ended before it began (${signal ?? `exit code ${code}`})${why ? `: ${why}` : '.'}`,
    hint: 'Run again; if it stays so, run the same pipeline in a terminal and read what it says.',
  }
}

/** Collects the end of what a stream says. */
function tailOf(stream: NodeJS.ReadableStream | null): () => string {
  let kept = ''
  // There is none where the system had no more files to open.
  stream?.on('data', (chunk: Buffer) => {
    kept = (kept + chunk.toString('utf8')).slice(-keptCharacters)
  })
  return () => stripVTControlCharacters(kept)
}
