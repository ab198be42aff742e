import type { Operation } from './points.ts'

/**
 * What an armed fault point does. `torn` writes half of the bytes and kills, elsewhere it kills before; `kill-during`
 * kills while an engine is at work, elsewhere after. `error-always` and `lie` go on from their first time: a disk that
 * lies says that it has done what it has not.
 */
export const faultKinds = [
  'kill-before',
  'kill-during',
  'kill-after',
  'torn',
  'error-once',
  'error-always',
  'delay',
  'lie',
] as const
export type FaultKind = (typeof faultKinds)[number]

export interface Fault {
  /** A fault point, `ledger.append.write`, or a step for all that it does, `ledger.append`. */
  readonly point: string
  readonly kind: FaultKind
  /** The first time that it strikes, counted from 1. */
  readonly pass: number
  /** What an error says. */
  readonly code?: 'ENOSPC' | 'EIO'
  /** How long a delay is, or how long after its begin an engine's work is cut off, in milliseconds. */
  readonly milliseconds?: number
}

/** What is thrown by a disk whose process was killed: nothing that the process goes on to do has an effect. */
export class Killed extends Error {
  // As what the system says: no row is its reason.
  readonly code = 'EKILLED'
  readonly errno = 0

  constructor() {
    super('this process was killed at a fault point')
  }
}

/** What a fault does to one operation. */
export type Strike =
  | { readonly do: 'kill-before' | 'kill-after' | 'torn' | 'lie' }
  | { readonly do: 'error'; readonly error: NodeJS.ErrnoException }
  | { readonly do: 'delay' | 'kill-during'; readonly milliseconds: number }

/** The faults of one process: which are armed, and how often each point was passed. */
export class Faults {
  readonly passed = new Map<string, number>()
  /** How often a fault struck. */
  struck = 0
  readonly #armed: readonly Fault[]
  readonly #seen: number[]

  constructor(armed: readonly Fault[] = []) {
    this.#armed = armed
    this.#seen = armed.map(() => 0)
  }

  /** Counts a pass of a point and says what strikes there. */
  pass(step: string, operation: Operation): Strike | null {
    const point = `${step}.${operation}`
    this.passed.set(point, (this.passed.get(point) ?? 0) + 1)
    for (const [at, fault] of this.#armed.entries()) {
      if (fault.point !== point && fault.point !== step) continue
      const seen = (this.#seen[at] ?? 0) + 1
      this.#seen[at] = seen
      if (fault.kind === 'error-always' || fault.kind === 'lie' ? seen < fault.pass : seen !== fault.pass) continue
      this.struck++
      return strikeOf(fault, point, operation)
    }
    return null
  }
}

function strikeOf({ kind, code = 'EIO', milliseconds }: Fault, point: string, operation: Operation): Strike {
  if (kind === 'delay') return { do: 'delay', milliseconds: milliseconds ?? 100 }
  if (kind === 'kill-during')
    return operation === 'call' ? { do: kind, milliseconds: milliseconds ?? 0 } : { do: 'kill-after' }
  if (kind === 'error-once' || kind === 'error-always') return { do: 'error', error: errorOf(code, point) }
  // A name is there or not; only content tears.
  return { do: kind === 'torn' && operation !== 'write' ? 'kill-before' : kind }
}

function errorOf(code: 'ENOSPC' | 'EIO', point: string): NodeJS.ErrnoException {
  const words = code === 'ENOSPC' ? 'no space left on device' : 'i/o error'
  return Object.assign(new Error(`${code}: ${words}, ${point}`), { code, syscall: point.split('.').at(-1) })
}
