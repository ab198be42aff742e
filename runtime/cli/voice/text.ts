import type { Running } from '../../engine/run.ts'
import type { LogEntry } from '../../engine/runlog.ts'
import { printProblem } from '../../pipeline/print.ts'
import { styled } from '../print.ts'
import { profileText } from '../profile.ts'
import { makeProgress } from '../progress.ts'
import { printReport } from '../summary.ts'
import type { Voice } from './index.ts'

const colours = { debug: 'dim', info: 'dim', warn: 'yellow', error: 'red' } as const

/** Tells a run to people: a live table on a terminal, plain lines elsewhere, and how it ended. */
export async function textVoice(json: boolean): Promise<Voice> {
  let running: Running | null = null
  // With --json, standard output holds the object alone.
  const stream = json ? process.stderr : process.stdout
  const progress = await makeProgress(() => running && { ...running, nodes: running.plan.flow.nodes }, stream)
  const say = (colour: Parameters<typeof styled>[0], word: string, text: string) =>
    process.stderr.write(`${styled(colour, word, process.stderr)}: ${text}\n`)
  const errors: LogEntry[] = []
  const entry = ({ level, message, node }: LogEntry) => {
    progress.pause()
    say(colours[level], level, `${node ? `${node}: ` : ''}${message}`)
  }
  return {
    waiting: (whom) => say('dim', 'waiting', whom),
    problems: (problems) => {
      for (const [at, problem] of problems.entries()) {
        // What is to be done is said once where it is the same for several.
        const { hint: _, ...short } = problem
        const told = problems[at + 1]?.hint === problem.hint ? short : problem
        process.stderr.write(`${printProblem(told)}\n`)
      }
    },
    started: (begun) => {
      running = begun
    },
    progress: progress.show,
    // What ends the run is told once, at its end, with what to do.
    entry: (given) => (given.level === 'error' ? errors.push(given) : entry(given)),
    stopping: () => {
      process.stderr.write('\n')
      say('yellow', 'stopping', 'finishing what is in flight; again to stop at once')
    },
    nothing: (message) => {
      if (!json) process.stdout.write(`${message}\n`)
    },
    ended: (report, profile) => {
      progress.end()
      for (const given of errors) if (given.message !== report.error?.message) entry(given)
      if (profile) stream.write(`${profileText(profile)}\n\n`)
      printReport(report, stream)
    },
  }
}
