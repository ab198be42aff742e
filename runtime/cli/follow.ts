import type { Begin, Running, Started } from '../engine/run.ts'
import type { Level } from '../engine/runlog.ts'
import type { Snapshot } from '../engine/snapshot.ts'
import { HeadraceError, type Problem } from '../pipeline/problem.ts'
import { profileOf } from '../pipeline/profile.ts'
import type { Outcome } from './ending.ts'
import { onParentGone, outlivesTerminal, signalled, tellEnded, tellParent } from './parent.ts'
import { type Voice, voiceOf } from './voice/index.ts'

export interface OutputOptions {
  readonly json?: boolean
  readonly log?: 'text' | 'json'
  readonly logLevel: string
  /** Seconds to wait for another run of the pipeline; Infinity: as long as it takes. */
  readonly wait?: number
  /** Say at the end where the time went. */
  readonly profile?: boolean
}

/** Why there is no run, and nothing wrong with that; with the run that was asked for. */
export interface Nothing {
  readonly nothing: string
  readonly runId?: string
  /** What --json prints of it besides. */
  readonly report?: object
  readonly problems?: readonly Problem[]
}

/** Starts a run, tells it until it ends, stops it on a signal; what became of it. */
export async function follow(
  options: OutputOptions,
  start: (begin: Begin) => Promise<Started | Nothing>,
): Promise<Outcome> {
  const json = options.json === true
  const voice = await voiceOf({ json, log: options.log === 'json' })
  const print = (told: object, exitCode: number): Outcome => {
    if (json) process.stdout.write(`${JSON.stringify(told)}\n`)
    return { told, exitCode }
  }
  let last: Snapshot | undefined
  const listening = { ...voice, progress: (sample: Snapshot) => voice.progress((last = sample)) }
  const started = await begin(options, options.profile ? listening : voice, start)
  if ('nothing' in started) {
    const { nothing: message, report, problems = [], ...rest } = started
    voice.problems(problems)
    tellParent({ type: 'refused', code: 'nothing', error: message })
    voice.nothing(message)
    return print({ status: 'done', exitCode: 0, ...rest, ...report, message }, 0)
  }
  const { running, problems } = started
  voice.problems(problems)
  if (!running) {
    tellParent({ type: 'refused', problems })
    return print({ status: 'refused', exitCode: 2, problems }, 2)
  }
  voice.started(running)
  const starting = performance.now() / 1000
  tellParent({ type: 'started', id: running.id, folder: running.folder })
  const release = onSignals(running, voice)
  // Whoever started this run went away: it ends in good order and can be resumed.
  const forget = onParentGone(() => running.stop(130))
  const report = await running.done
  release()
  forget()
  const seconds = { starting, running: report.seconds, models: report.modelSeconds }
  const profile = last && profileOf(last, seconds, running.plan.lanes)
  const outcome = print(profile ? { ...report, profile } : report, report.exitCode)
  voice.ended(report, profile)
  tellEnded(report.exitCode)
  return outcome
}

/** Begins, waiting for another run of the pipeline where that is asked for: a signal then ends the waiting. */
async function begin(
  { logLevel, wait }: OutputOptions,
  voice: Voice,
  start: (begin: Begin) => Promise<Started | Nothing>,
): ReturnType<typeof start> {
  const left = new AbortController()
  let release = () => {}
  // Nothing is begun yet that could be taken up again.
  const forget = onParentGone(() =>
    left.abort(new HeadraceError('interrupted', 'whoever started this went away before the run had begun')),
  )
  try {
    return await start({
      logLevel: logLevel as Level, // one of its choices
      onLog: voice.entry,
      onProgress: voice.progress,
      ...(wait !== undefined && { wait }),
      signal: left.signal,
      onWait: (whom) => {
        voice.waiting(whom)
        release = leaveOnSignals(left)
      },
    })
  } catch (error) {
    throw left.signal.aborted ? left.signal.reason : error
  } finally {
    release()
    forget()
  }
}

/** What ends a run in good order, by the exit code that it then has. */
const stopping = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const
const all = Object.keys(stopping) as (keyof typeof stopping)[] // its keys
const signals = all.filter((signal) => signal !== 'SIGHUP' || !outlivesTerminal)

function leaveOnSignals(left: AbortController): () => void {
  const leave = (code: string) => () => {
    signalled()
    left.abort(new HeadraceError(code, 'stopped while waiting for another run'))
  }
  const codes = { SIGINT: 'interrupted', SIGTERM: 'terminated', SIGHUP: 'hung-up' }
  const handlers = signals.map((signal) => ({ signal, handler: leave(codes[signal]) }))
  for (const { signal, handler } of handlers) process.once(signal, handler)
  return () => {
    for (const { signal, handler } of handlers) process.off(signal, handler)
  }
}

/** The first signal finishes what is in flight; a second one ends the process at once. */
function onSignals(running: Running, voice: Voice): () => void {
  const handlers = signals.map((signal) => {
    const handler = () => {
      signalled()
      voice.stopping()
      running.stop(stopping[signal])
      // A terminal that closes says so more than once: by its shell, and by itself.
      if (signal === 'SIGHUP') return
      process.off(signal, handler)
      // Native code must not be ended by process.exit (it aborts with 134): the signal's own way ends at once.
      process.once(signal, () => {
        signalled()
        process.kill(process.pid, signal)
      })
    }
    process.on(signal, handler)
    return { signal, handler }
  })
  return () => {
    for (const { signal, handler } of handlers) {
      process.off(signal, handler)
      process.removeAllListeners(signal)
    }
  }
}
