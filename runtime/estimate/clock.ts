import { performance } from 'node:perf_hooks'

/** Milliseconds of the wall's clock and of all threads of this process. */
export interface Spent {
  readonly wall: number
  readonly cpu: number
}

export const nothingSpent: Spent = { wall: 0, cpu: 0 }

export const addSpent = (a: Spent, b: Spent): Spent => ({
  wall: a.wall + b.wall,
  cpu: a.cpu + b.cpu,
})

/** What is left of the first; never less than nothing. */
export const lessSpent = (a: Spent, b: Spent): Spent => ({
  wall: Math.max(0, a.wall - b.wall),
  cpu: Math.max(0, a.cpu - b.cpu),
})

/** Starts to count; the function gives what was spent since. */
export function stopwatch(): () => Spent {
  const wall = performance.now()
  const cpu = process.cpuUsage()
  return () => {
    const { user, system } = process.cpuUsage(cpu)
    return { wall: performance.now() - wall, cpu: (user + system) / 1000 }
  }
}

/**
 * Says when so many milliseconds of work are done. On a busy machine work takes longer: a budget of twice as much
 * of the wall's clock ends it, too.
 */
export function worked(milliseconds: number): () => boolean {
  const watch = stopwatch()
  return () => {
    const { wall, cpu } = watch()
    return wall >= milliseconds * 2 || (wall >= milliseconds && cpu >= milliseconds)
  }
}
