import { readFileSync } from 'node:fs'
import { availableParallelism, totalmem } from 'node:os'

/** Cores that this process may use. */
export const cores = (): number => availableParallelism()

/** The container's limit (cgroup 1 or 2) or the machine's memory, whichever is less, in bytes. */
export function machineMemory(): number {
  const limits = ['/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory/memory.limit_in_bytes'].map((path) => {
    try {
      return Number(readFileSync(path, 'utf8').trim())
    } catch {
      return Number.NaN
    }
  })
  return Math.min(totalmem(), ...limits.filter((limit) => limit > 0))
}

/** The cap where none is asked for: 1 GiB, or half of what there is if that is less. */
export const defaultMemory = (): number => Math.min(1 << 30, Math.floor(machineMemory() / 2))
