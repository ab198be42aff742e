import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { type Taken, watchFamily } from './family.ts'

/** A process, and those that it started, from its start to its end, seen from outside. */
export interface Ended extends Taken {
  readonly seconds: number
  readonly stdout: string
}

const root = join(import.meta.dirname, '..', '..', '..')

/** Runs `headrace` with the Node that runs this: what pnpm's shim adds to it is 5 ms. */
export const headrace = (args: readonly string[], exitCodes: readonly number[] = [0]): Promise<Ended> =>
  runNode([join(root, 'runtime', 'cli', 'headrace.mjs'), ...args], exitCodes)

/** Runs Node until it ends. */
export const runNode = (args: readonly string[], exitCodes: readonly number[] = [0]): Promise<Ended> =>
  runProcess(process.execPath, args, exitCodes)

/** A process that ended as it should not, or not at all. */
export class ProcessFailed extends Error {}

/** No go takes so long: what hangs is ended. */
const mostMilliseconds = 30 * 60_000

/** Runs a program until it ends; throws with what it said where its exit code is not one of those expected. */
export async function runProcess(
  command: string,
  args: readonly string[],
  exitCodes: readonly number[] = [0],
): Promise<Ended> {
  const started = performance.now()
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], timeout: mostMilliseconds })
  const watched = watchFamily(child.pid ?? 0)
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
  const taken = watched()
  if (!exitCodes.includes(code ?? -1)) {
    throw new ProcessFailed(`${command} ${args.join(' ')} ended with code ${code}:\n${Buffer.concat(stderr)}`)
  }
  return { seconds, stdout: Buffer.concat(stdout).toString(), ...taken }
}
