import { readdirSync, readFileSync } from 'node:fs'

/** What a process and all that it started took; zeros where /proc does not tell. */
export interface Taken {
  /** The most memory that they had at a time, in bytes: what each has for itself, and of what lies in files once. */
  readonly peak: number
  /** Processor seconds of all threads, in steps of 10 ms. */
  readonly cpu: number
}

const everyMilliseconds = 20
/** Children are looked for at every so manieth look: that reads a file a thread. */
const familyEvery = 5

/** Watches a process and those that it starts until the function that comes back is called. */
export function watchFamily(pid: number): () => Taken {
  const before = childrenSeconds()
  const family = new Set([pid])
  const seconds = new Map<number, number>()
  let peak = 0
  let looks = 0
  const look = () => {
    if (looks++ % familyEvery === 0) for (const one of family) for (const child of childrenOf(one)) family.add(child)
    let own = 0
    let shared = 0
    for (const one of family) {
      const memory = memoryOf(one)
      if (!memory) {
        family.delete(one)
        continue
      }
      own += memory.own
      // Node's or Python's own code, and Ray's store of objects, lie in the memory of each and are there once.
      shared = Math.max(shared, memory.shared)
      peak = Math.max(peak, memory.most)
      seconds.set(one, secondsOf(one) ?? seconds.get(one) ?? 0)
    }
    peak = Math.max(peak, own + shared)
  }
  look()
  const timer = setInterval(look, everyMilliseconds)
  return () => {
    clearInterval(timer)
    const seen = [...seconds.values()].reduce((sum, one) => sum + one, 0)
    // The kernel adds up exactly those that were waited for; what nobody waited for was only seen.
    return { peak, cpu: Math.max(seen, childrenSeconds() - before) }
  }
}

function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    )
  } catch {
    return [] // It has ended, or there is no /proc here.
  }
}

function memoryOf(pid: number): { own: number; shared: number; most: number } | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1024
    return { own: bytes('RssAnon'), shared: bytes('RssFile') + bytes('RssShmem'), most: bytes('VmHWM') }
  } catch {
    return null
  }
}

/** The 12th and 13th field behind the program's name, which may hold spaces; ticks of 10 ms. */
const secondsOf = (pid: number): number | null => ticks(`/proc/${pid}/stat`, 11)

/** Of all children of this process that have ended and were waited for, theirs included. */
const childrenSeconds = (): number => ticks('/proc/self/stat', 13) ?? 0

function ticks(stat: string, first: number): number | null {
  try {
    const text = readFileSync(stat, 'utf8')
    const fields = text.slice(text.lastIndexOf(') ') + 2).split(' ')
    return (Number(fields[first]) + Number(fields[first + 1])) / 100
  } catch {
    return null
  }
}
