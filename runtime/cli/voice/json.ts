import type { Level } from '../../engine/runlog.ts'
import type { Snapshot } from '../../engine/snapshot.ts'
import { flowOf, recentSamples } from '../../pipeline/live.ts'
import type { Voice } from './index.ts'

const progressMilliseconds = 5000

/** Writes a line of `--log json`: when, how grave, what kind of line, a sentence, and its facts. */
export function logLine(level: Level, event: string, message: string, facts: object = {}): void {
  process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), level, event, message, ...facts })}\n`)
}

/** Tells a run as NDJSON on standard error, for whatever gathers the logs of containers. */
export function jsonVoice(): Voice {
  let samples: readonly Snapshot[] = []
  let last = 0
  let run = {}
  return {
    waiting: (whom) => logLine('info', 'waiting', whom),
    problems: (problems) => {
      for (const { severity, ...rest } of problems) {
        const { message, ...facts } = rest
        logLine(severity === 'error' ? 'error' : 'warn', 'problem', message, facts)
      }
    },
    started: ({ id, folder, rowsExpected, plan }) => {
      run = { run: id }
      const nodes = plan.flow.nodes.map((node) => node.id)
      logLine('info', 'started', `run ${id} started`, { ...run, folder, rowsExpected, nodes })
    },
    progress: (sample) => {
      samples = recentSamples(samples, sample)
      if (sample.at - last < progressMilliseconds) return
      last = sample.at
      const { nodes, bottleneck } = flowOf(samples)
      const counts = Object.fromEntries(
        Object.entries(nodes).map(([id, node]) => {
          const { in: rowsIn, out, filtered, rejected, rowsPerSecond } = node
          return [id, { in: rowsIn, out, filtered, rejected, rowsPerSecond: Math.round(rowsPerSecond) }]
        }),
      )
      const seconds = Math.round(sample.at / 100) / 10
      logLine('info', 'progress', `at work for ${Math.round(seconds)} s`, {
        ...run,
        seconds,
        nodes: counts,
        ...(bottleneck && { bottleneck: bottleneck.node }),
      })
    },
    entry: ({ level, message, ...facts }) => logLine(level, 'log', message, { ...run, ...facts }),
    stopping: () => logLine('warn', 'stopping', 'finishing what is in flight; again to stop at once', run),
    nothing: (message) => logLine('info', 'ended', message, { status: 'done', exitCode: 0 }),
    ended: (report, profile) => {
      const { status, exitCode, seconds, rows, balanced, deadLetters, outputs, folder, error } = report
      const level = exitCode === 0 ? 'info' : exitCode === 3 ? 'warn' : 'error'
      const counts = `${rows.in} in, ${rows.stored} stored, ${rows.filtered} filtered, ${rows.rejected} rejected`
      const message = `run ${report.runId} ${status}: ${error ? error.message : counts}`
      const facts = { status, exitCode, seconds, rows, balanced, rejected: deadLetters, outputs, folder }
      logLine(level, 'ended', message, { ...run, ...facts, ...(profile && { profile }), ...(error && { error }) })
    },
  }
}
