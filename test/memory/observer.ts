import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'

/** A moment of a run: what it and its children had resident, and how many processes they were. */
export interface Sample {
  readonly seconds: number
  readonly bytes: number
  readonly processes: number
}

/** A run as another process saw it in /proc. */
export interface Observed {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  readonly seconds: number
  /** The most that was resident: the kernel's high-water mark of one process, or the sum of all at a sample. */
  readonly peak: number
  readonly samples: readonly Sample[]
}

const root = join(import.meta.dirname, '..', '..')
/** Between two looks; what lies between them the kernel's high-water mark tells. */
const everyMilliseconds = 20
/** Children are looked for at every so manieth look: it reads the whole of /proc. */
const familyEvery = 5
/** The most samples that are kept: a longer run is seen in coarser steps. */
const mostSamples = 2000

/** Runs `headrace` and watches it and its children from outside until it has ended. */
export async function observe(
  args: readonly string[],
  options: { readonly node?: readonly string[]; readonly env?: NodeJS.ProcessEnv; readonly cwd?: string } = {},
): Promise<Observed> {
  const started = performance.now()
  const command = [...(options.node ?? []), join(root, 'runtime', 'cli', 'headrace.mjs'), ...args]
  const child = spawn(process.execPath, command, {
    cwd: options.cwd ?? root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
  })
  const watched = watch(child, started)
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  return {
    code,
    stdout: Buffer.concat(stdout).toString(),
    stderr: Buffer.concat(stderr).toString(),
    seconds: (performance.now() - started) / 1000,
    ...watched(),
  }
}

function watch({ pid }: ChildProcess, started: number): () => Pick<Observed, 'peak' | 'samples'> {
  let peak = 0
  let samples: Sample[] = []
  let step = 1
  let looks = 0
  let family = [pid as number]
  const look = () => {
    if (looks % familyEvery === 0) family = familyOf(pid as number)
    const sizes = family.flatMap((one) => residentOf(one) ?? [])
    if (sizes.length === 0) return
    const bytes = sizes.reduce((sum, { now }) => sum + now, 0)
    peak = Math.max(peak, bytes, ...sizes.map(({ most }) => most))
    if (looks++ % step) return
    samples.push({ seconds: (performance.now() - started) / 1000, bytes, processes: sizes.length })
    if (samples.length < mostSamples) return
    samples = samples.filter((_, i) => i % 2 === 0)
    step *= 2
  }
  const timer = setInterval(look, everyMilliseconds)
  return () => {
    clearInterval(timer)
    return { peak, samples }
  }
}

/** A process, its children and theirs. */
function familyOf(pid: number): number[] {
  const children = new Map<number, number[]>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      // The second field, the program's name, may hold anything: the parent is the second one behind it.
      const after = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1) as string
      const parent = Number(after.split(' ')[1])
      children.set(parent, [...(children.get(parent) ?? []), Number(name)])
    } catch {
      // It has just ended.
    }
  }
  const family = [pid]
  for (const one of family) family.push(...(children.get(one) ?? []))
  return family
}

/** What a process has resident now, and the most it ever had; null where it has ended. */
function residentOf(pid: number): { now: number; most: number } | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const [, now] = /VmRSS:\s+(\d+) kB/.exec(status) ?? []
    const [, most] = /VmHWM:\s+(\d+) kB/.exec(status) ?? []
    return now && most ? { now: Number(now) * 1024, most: Number(most) * 1024 } : null
  } catch {
    return null
  }
}
