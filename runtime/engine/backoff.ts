/** How often work is tried that the surroundings disturb. */
export const tries = 4

/**
 * Milliseconds to wait before work is tried again after its try number `attempt` (from 1): 0.5, 1 and 2 s, each times
 * 0.75 to 1.25, so that many who failed together do not all come back together. The share comes from the work's own
 * number: a simulation waits the same each time.
 */
export function backoff(attempt: number, number: number): number {
  const mixed = Math.imul((number ^ Math.imul(attempt, 0x85ebca6b)) + 1, 0x9e3779b1) >>> 0
  return 500 * 2 ** (attempt - 1) * (0.75 + mixed / 2 ** 33)
}
