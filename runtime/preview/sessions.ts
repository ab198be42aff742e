import { isAbsolute, join } from 'node:path'
import { pathVersions } from '../catalogue/pathversions.ts'
import { inferAll } from '../engine/batching.ts'
import { digest } from '../engine/digest.ts'
import { type Batch, Scope } from '../memory/index.ts'
import type { CheckedNode } from '../pipeline/check.ts'
import { cores } from '../plan/machine.ts'
import type { Json, ModelContext, ModelNode, Session } from '../sdk/node.ts'

interface Open {
  readonly session: Promise<Session>
  /** Whoever uses it waits for who came before: a session takes one call at a time. */
  turn: Promise<unknown>
  users: number
  used: number
}

/** Open models, kept for the next preview or search and closed after a while; the longest unused one makes room. */
export class Sessions {
  readonly #open = new Map<string, Open>()
  readonly #idle: number
  readonly #most: number
  readonly #timer: NodeJS.Timeout

  constructor({ idle = 60_000, most = 2 } = {}) {
    this.#idle = idle
    this.#most = most
    this.#timer = setInterval(() => this.#closeIdle(), Math.min(idle, 5000)).unref()
  }

  /** Runs `use` with the session of a model node, whose settings have their secrets. */
  async with<T>(node: CheckedNode, folder: string, use: (session: Session) => Promise<T>): Promise<T> {
    const key = await keyOf(node, folder)
    const known = this.#open.get(key)
    if (!known) this.#closeFor(this.#most - 1)
    const one = known ?? { session: openSession(node, folder), turn: Promise.resolve(), users: 0, used: 0 }
    this.#open.set(key, one)
    one.users++
    // What failed to open is asked for again the next time.
    one.session.catch(() => this.#open.get(key) === one && this.#open.delete(key))
    const before = one.turn
    const mine = before.then(async () => await use(await one.session))
    one.turn = mine.catch(() => {})
    try {
      return await mine
    } finally {
      one.users--
      one.used = Date.now()
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    const all = [...this.#open.values()]
    this.#open.clear()
    await Promise.allSettled(all.map(closeSession))
  }

  #closeIdle(): void {
    const before = Date.now() - this.#idle
    for (const [key, one] of this.#open) if (one.users === 0 && one.used < before) this.#drop(key, one)
  }

  #closeFor(room: number): void {
    const idle = [...this.#open].filter(([, { users }]) => users === 0).sort(([, a], [, b]) => a.used - b.used)
    for (const [key, one] of idle.slice(0, Math.max(0, this.#open.size - room))) this.#drop(key, one)
  }

  #drop(key: string, one: Open): void {
    this.#open.delete(key)
    closeSession(one).catch(() => {})
  }
}

async function closeSession({ session, turn }: Open): Promise<void> {
  await turn
  await (await session).close()
}

async function keyOf(node: CheckedNode, folder: string): Promise<string> {
  const { type, definition, config, probe } = node
  const { resource } = definition as ModelNode
  const key = resource.key({ config: config as never, probe: probe as Json })
  return digest([type, key, await pathVersions({ definition, config, folder })])
}

async function openSession({ definition, config, probe }: CheckedNode, folder: string): Promise<Session> {
  return await (definition as ModelNode).resource.open({
    config: config as never,
    probe: probe as Json,
    resolve: (path) => (isAbsolute(path) ? path : join(folder, path)),
    threads: cores(),
    log: () => {},
  })
}

/** A model's `infer` with a session in this process: cut, sorted and bisected as in a run. */
export function inferWith(session: Session, signal: AbortSignal): ModelContext<unknown>['infer'] {
  return async (batch, costs) => {
    signal.throwIfAborted()
    const inner = new Scope(batch.scope.pool)
    try {
      const ask = async (some: Batch) => {
        signal.throwIfAborted()
        return await session.infer(some)
      }
      const request = { batch: batch.into(inner), costs: costs ?? null }
      const [answer] = await inferAll([request], session.limits, ask, inner)
      const { batch: made, failures } = answer as NonNullable<typeof answer>
      const own = made.into(batch.scope).keep()
      own.leave()
      return { batch: own, failures }
    } finally {
      inner.close()
    }
  }
}
