// Plain JavaScript, and little of it: this process only waits for the one that does the work. A row that crashes native
// code takes its process along; the one that waits takes the run up again.
import { readFileSync } from 'node:fs'

/** The commands that work on a run. */
export const commands = new Set(['run', 'resume', 'replay'])
/** Signals that end a process from inside. */
const crashes = new Set(['SIGABRT', 'SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGTRAP', 'SIGSYS'])
/** So long a signal that the terminal may have sent to both processes is given to arrive there. */
const arriveMilliseconds = 250

/** So often a run takes itself up again after a crash. */
export const most = /^\d+$/.test(process.env.HEADRACE_RESTARTS ?? '') ? Number(process.env.HEADRACE_RESTARTS) : 20

/** Whether a command works on a run that native code may crash; one that the server started is looked after by it. */
export function needsSupervision([command, ...args]) {
  if (!commands.has(command) || most === 0 || process.connected || isSupervised()) return false
  if (args.some((arg) => arg === '--help' || arg === '-h')) return false
  const texts = textsOf(args)
  return texts.length === 0 || texts.some((text) => typesIn(text).some(mayCrash))
}

/** The texts of the pipelines that arguments name. */
export const textsOf = (args) => args.flatMap((arg) => textOf(arg) ?? [])
/** The types of a pipeline's nodes, by its text. */
export const typesIn = (text) => [...text.matchAll(/"type"\s*:\s*"([^"]*)"/g)].map(([, type]) => type)

/** Whether the process that started this one waits for it here. */
const isSupervised = () => process.env.HEADRACE_SUPERVISOR === String(process.ppid)

/** A pipeline's text; undefined where it is none that can be read. */
function textOf(path) {
  if (!path.endsWith('.json')) return undefined
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** Models, LanceDB and nodes that are not ours run native code, or may. */
const mayCrash = (type) => !/^((sources|transforms)\/\w+|sinks\/(csv|ndjson|parquet|arrow|none))$/.test(type)

/** Runs the command in a process of its own, again where it crashed; gives the exit code, undefined where none could be started. */
export async function supervise(entry, args) {
  let again
  for (let restart = 1; ; restart++) {
    const ended = await work(entry, args, again)
    if (ended.failed) return again ? 1 : undefined
    if (ended.signal && crashes.has(ended.signal) && restart <= most + 1) {
      const folder = ended.folder ?? again?.folder
      if (folder) {
        again = { signal: ended.signal, restart, most, folder }
        continue
      }
      process.stderr.write(`error: the process crashed (${ended.signal}) before a run had begun\n`)
      return 2
    }
    if (!ended.signal) return ended.code
    if (crashes.has(ended.signal)) return 1
    // Whoever started this sees the same end.
    process.kill(process.pid, ended.signal)
    await new Promise(() => setTimeout(() => {}, 60_000))
  }
}

async function work(entry, args, again) {
  const { spawn } = await import('node:child_process')
  const child = spawn(process.execPath, [...process.execArgv, entry, ...args], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: {
      ...process.env,
      HEADRACE_SUPERVISOR: String(process.pid),
      ...(again && { HEADRACE_RESTART: JSON.stringify(again) }),
    },
  })
  let folder
  let heard = 0
  let told
  child.on('message', (said) => {
    if (said.type === 'started') folder = said.folder
    if (said.type === 'signalled') heard++
    if (said.type === 'ended') told = said.exitCode
  })
  const release = passSignals(child, () => heard)
  return await new Promise((resolve) => {
    child.on('error', () => {
      release()
      resolve({ failed: true })
    })
    child.on('exit', (code, signal) => {
      release()
      // A crash after the end is none of the run.
      resolve(signal && told !== undefined ? { code: told, signal: null } : { code, signal, folder })
    })
  })
}

/** Hands signals on. The terminal sends its own to both processes: then only one that did not arrive is handed on. */
function passSignals(child, heard) {
  let passed = 0
  const pass = (signal) => {
    passed++
    if (signal === 'SIGTERM' || !isInTerminal()) return child.kill(signal)
    const wanted = passed
    setTimeout(() => {
      if (heard() < wanted && child.exitCode === null && child.signalCode === null) child.kill(signal)
    }, arriveMilliseconds)
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, pass)
  return () => {
    for (const signal of signals) process.off(signal, pass)
  }
}

/** Whether a terminal sends its signals to this process: it is in the terminal's foreground (proc(5)). */
function isInTerminal() {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8')
    const [, , group, , terminal, foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return terminal !== '0' && group === foreground
  } catch {
    return [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY)
  }
}
