// Plain JavaScript: it is asked before the first TypeScript file is loaded.
import { readFileSync, readlinkSync } from 'node:fs'

/**
 * Says in HEADRACE_NOHUP, for this process and those that it starts, whether nohup(1) started it in a terminal. Node takes
 * back that SIGHUP is ignored; what is left of it is a standard input that cannot be read (coreutils, "nohup invocation").
 */
export function noticeNohup() {
  process.env.HEADRACE_NOHUP ??= cannotRead() ? '1' : '0'
  if (process.env.HEADRACE_NOHUP === '1') process.on('SIGHUP', () => {})
}

function cannotRead() {
  try {
    const flags = /^flags:\s+(\d+)$/m.exec(readFileSync('/proc/self/fdinfo/0', 'utf8'))?.[1] ?? '0'
    const writeOnly = (Number.parseInt(flags, 8) & 3) === 1
    return writeOnly && readlinkSync('/proc/self/fd/0') === '/dev/null'
  } catch {
    return false
  }
}
