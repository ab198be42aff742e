import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'

/** A process from its start to its end, seen from outside. */
export interface Ended {
  readonly seconds: number
  readonly stdout: string
  /** The most memory that it ever had resident, in bytes; 0 where /proc does not tell. */
  readonly peak: number
  /** Processor seconds of all its threads, in steps of 10 ms; 0 where /proc does not tell. */
  readonly cpu: number
}

const root = join(import.meta.dirname, '..', '..', '..')

/** Runs `headrace` with the Node that runs this: what pnpm's shim adds to it is 5 ms. */
export const headrace = (args: readonly string[], exitCodes: readonly number[] = [0]): Promise<Ended> =>
  runNode([join(root, 'runtime', 'cli', 'headrace.mjs'), ...args], exitCodes)

/** Runs Node until it ends. */
export const runNode = (args: readonly string[], exitCodes: readonly number[] = [0]): Promise<Ended> =>
  runProcess(process.execPath, args, exitCodes)

/** Runs a program until it ends; throws with what it said where its exit code is not one of those expected. */
export async function runProcess(
  command: string,
  args: readonly string[],
  exitCodes: readonly number[] = [0],
): Promise<Ended> {
  const started = performance.now()
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  const watched = watch(child)
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  let seconds = 0
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', () => {
      seconds = (performance.now() - started) / 1000
    })
    child.on('close', resolve)
  })
  const { peak, cpu } = watched()
  if (!exitCodes.includes(code ?? -1)) {
    throw new Error(`${command} ${args.join(' ')} ended with code ${code}:\n${Buffer.concat(stderr)}`)
  }
  return { seconds, stdout: Buffer.concat(stdout).toString(), peak, cpu }
}

/** The kernel keeps the high-water mark; looking often only narrows what the last moments may hide. */
function watch({ pid }: ChildProcess): () => { peak: number; cpu: number } {
  let peak = 0
  let cpu = 0
  const look = () => {
    try {
      const high = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
      peak = Math.max(peak, Number(high ?? 0) * 1024)
      // The second field, the program's name, may hold spaces; user and system time are the 12th and 13th after it.
      const [, after = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')
      const fields = after.split(' ')
      cpu = Math.max(cpu, (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / 100)
    } catch {
      // It has ended, or there is no /proc here.
    }
  }
  const timer = setInterval(look, 5)
  return () => {
    clearInterval(timer)
    return { peak, cpu }
  }
}
