import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

type Level = 'debug' | 'info' | 'warn' | 'error'

/** Adds a line to the server's log. */
export type ServerLog = (level: Level, message: string) => void

const mostBytes = 5_000_000
const ranks: Record<Level, number> = { debug: 0, info: 1, warn: 2, error: 3 }

/** The server's log: a file that starts anew at 5 MB, the one before it kept. A disk that is full stops nothing. */
export function openLog(file: string, least: Level): ServerLog {
  mkdirSync(dirname(file), { recursive: true })
  let bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  return (level, message) => {
    if (ranks[level] < ranks[least]) return
    const line = `${new Date().toISOString()} ${level} ${lineOf(message)}\n`
    try {
      if (bytes > mostBytes) {
        renameSync(file, `${file}.1`)
        bytes = 0
      }
      appendFileSync(file, line, { mode: 0o600 })
      bytes += Buffer.byteLength(line)
    } catch {
      process.stderr.write(line)
    }
  }
}

/**
 * A message that may quote what came from outside (a path, a program's output): its further lines are indented, so that
 * none of them looks like a line of the log, and a terminal that shows the file is told nothing.
 */
const lineOf = (message: string): string =>
  message.replaceAll(/\r\n|[\n\r\u2028\u2029]/g, '\n    ').replaceAll(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, '�')
