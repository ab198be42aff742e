import type { Listeners } from '../engine/execution.ts'
import type { Running, Started } from '../engine/run.ts'
import type { Level, LogEntry } from '../engine/runlog.ts'
import { printProblem } from '../pipeline/print.ts'
import { onParentGone, tellParent } from './parent.ts'
import { styled } from './print.ts'
import { makeProgress } from './progress.ts'
import { printReport } from './summary.ts'

export interface OutputOptions {
  readonly json?: boolean
  readonly logLevel: string
}

/** Starts a run, shows it until it ends, stops it on a signal; returns the exit code. `nothing`: why there is no run. */
export async function follow(
  options: OutputOptions,
  start: (listeners: Listeners) => Promise<Started | { readonly nothing: string }>,
): Promise<number> {
  let running: Running | null = null
  // With --json, standard output holds the object alone.
  const stream = options.json ? process.stderr : process.stdout
  const progress = await makeProgress(() => running && { ...running, nodes: running.plan.flow.nodes }, stream)
  const errors: LogEntry[] = []
  const say = ({ level, message, node }: LogEntry) => {
    progress.pause()
    process.stderr.write(`${styled(colours[level], level, process.stderr)}: ${node ? `${node}: ` : ''}${message}\n`)
  }
  const started = await start({
    logLevel: options.logLevel as Level,
    onLog: (entry) => {
      // What ends the run is told once, at its end, with what to do.
      if (entry.level === 'error') errors.push(entry)
      else say(entry)
    },
    onProgress: progress.show,
  })
  if ('nothing' in started) {
    const { nothing: message } = started
    tellParent({ type: 'refused', error: message })
    process.stdout.write(options.json ? `${JSON.stringify({ status: 'done', message })}\n` : `${message}\n`)
    return 0
  }
  for (const problem of started.problems) process.stderr.write(`${printProblem(problem)}\n`)
  running = started.running
  if (!running) {
    tellParent({ type: 'refused', problems: started.problems })
    if (options.json) process.stdout.write(`${JSON.stringify({ status: 'refused', problems: started.problems })}\n`)
    return 2
  }
  tellParent({ type: 'started', id: running.id, folder: running.folder })
  const release = onSignals(running)
  // Whoever started this run went away: it ends in good order and can be resumed.
  const forget = onParentGone(() => running?.stop(130))
  const report = await running.done
  release()
  forget()
  progress.end()
  for (const entry of errors) if (entry.message !== report.error?.message) say(entry)
  if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`)
  printReport(report, stream)
  return report.exitCode
}

const colours = { debug: 'dim', info: 'dim', warn: 'yellow', error: 'red' } as const

/** The first signal finishes what is in flight; a second one ends the process at once. */
function onSignals(running: Running): () => void {
  const handlers = (['SIGINT', 'SIGTERM'] as const).map((signal) => {
    const code = signal === 'SIGINT' ? 130 : 143
    const handler = () => {
      process.stderr.write(
        `\n${styled('yellow', 'stopping', process.stderr)}: finishing what is in flight; again to stop at once\n`,
      )
      running.stop(code)
      process.off(signal, handler)
      // Native code must not be ended by process.exit (it aborts with 134): the signal's own way ends at once.
      process.once(signal, () => process.kill(process.pid, signal))
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
