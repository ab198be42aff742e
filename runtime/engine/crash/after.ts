import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { HeadraceError } from '../../pipeline/problem.ts'
import type { RunLog } from '../runlog.ts'
import { addCrash, type Crashes, readCrashes } from './crashes.ts'
import { takeNotes } from './notes.ts'

/** Signals that end a process from inside: what it did is at fault, and not somebody who ended it. */
export const crashSignals: readonly string[] = ['SIGABRT', 'SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGTRAP', 'SIGSYS']

/** What this process is told by the one that takes a run up again after its process had crashed. */
export interface Restart {
  readonly signal: string
  /** Which one this is, from 1; one above `most`: there is none any more. */
  readonly restart: number
  readonly most: number
  /** The run's. */
  readonly folder: string
}

/** So often a run takes itself up again after a crash; supervise.mjs says the same. */
export const mostRestarts = 20

/** The environment variable that tells it. */
export const restartVariable = 'HEADRACE_RESTART'

let restart: Restart | null | undefined
let refusal: HeadraceError | null = null

/** Why this process was started, where it takes a run up again by itself; null where somebody asked for it. */
export function restartOf(): Restart | null {
  if (restart !== undefined) return restart
  const text = process.env[restartVariable]
  // What this process starts is no restart.
  delete process.env[restartVariable]
  restart = text ? (JSON.parse(text) as Restart) : null // as the process that started this one wrote it
  return restart
}

/** Settles what a crash of the run's last process left, and says so in the log; gives what is known of its crashes. */
export function afterCrash(folder: string, log: Pick<RunLog, 'write'>): Crashes {
  const again = restartOf()
  restart = null
  refusal = null
  if (!again) {
    // The process was ended from outside: no call is to blame.
    if (existsSync(join(folder, 'work'))) takeNotes(join(folder, 'work'))
    return readCrashes(folder)
  }
  const { signal, most } = again
  const { at, crashes } = addCrash(folder, signal, again.restart <= most)
  const hint = 'What is stored stays stored: headrace resume goes on from there.'
  if (at.length === 0) {
    refusal = new HeadraceError(
      'crashed',
      `the run's process crashed (${signal}), and no model and no sink was at work`,
      {
        hint: `${hint} If it crashes again, look at the nodes that run native code, and at the end of the log.`,
      },
    )
  } else if (again.restart > most) {
    const message = `the run's process crashed (${signal}) ${again.restart} times, the last time in ${at.join(' or ')}`
    refusal = new HeadraceError(
      'crashed',
      `${message}; it restarts itself ${most} ${most === 1 ? 'time' : 'times'} at most`,
      { hint },
    )
  } else {
    const message = `the run's process crashed (${signal}) in ${at.join(' or ')}: it looks for the row that does it`
    log.write({ level: 'warn', message: `${message} (restart ${again.restart} of ${most})` })
  }
  return crashes
}

/** Throws where the run shall not go on after a crash. */
export function refuseCrash(): void {
  if (refusal) throw refusal
}
