import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { LogLine, LogPage } from '../api/runs.ts'

const mostLines = 1000
const mostBytes = 1 << 20
const longestMessage = 4000

/**
 * Lines of a run's log after a place (bytes from its start), at most 1,000 of them; without a place the last ones. A
 * line that is being written waits for the next call.
 */
export async function readLog(folder: string, after?: number): Promise<LogPage> {
  await using file = await open(join(folder, 'run.log')).catch(orNothing)
  if (!file) return { lines: [], next: 0 }
  const { size } = await file.stat()
  // A place behind the end is of another file: it is read from its start.
  const from = after === undefined ? Math.max(0, size - mostBytes) : after > size ? 0 : after
  const bytes = Buffer.allocUnsafe(Math.min(mostBytes, size - from))
  const { bytesRead } = await file.read(bytes, 0, bytes.length, from)
  const ends = lineEnds(bytes.subarray(0, bytesRead))
  // The first line of a tail is cut in two where the file is longer.
  const whole = after === undefined && from > 0 ? ends.slice(1) : ends
  const shown = after === undefined ? whole.slice(-mostLines) : whole.slice(0, mostLines)
  const lines = shown.flatMap(({ start, end }) => lineOf(bytes.toString('utf8', start, end)))
  const endless = shown.length === 0 && bytesRead === mostBytes
  return { lines, next: from + (shown.at(-1)?.end ?? (endless ? bytesRead - 1 : -1)) + 1 }
}

function lineEnds(bytes: Buffer): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = []
  for (let start = 0, end: number; (end = bytes.indexOf(10, start)) >= 0; start = end + 1) found.push({ start, end })
  return found
}

function lineOf(text: string): LogLine[] {
  try {
    const { time, level, message, node } = JSON.parse(text) as Written
    const cut = message.length > longestMessage ? `${message.slice(0, longestMessage)}…` : message
    return [{ at: time, level, message: cut, ...(node && { node }) }]
  } catch {
    // Half a line, left by a process that died in the middle of it.
    return []
  }
}

/** As runlog.ts writes it. */
interface Written {
  readonly time: string
  readonly level: LogLine['level']
  readonly message: string
  readonly node?: string
}

function orNothing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null
  throw error
}
