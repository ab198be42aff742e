import type { Socket } from 'socket.io'
import type { ClientEvents, RowsAsk, ServerEvents } from '../api/index.ts'
import type { SocketServer } from '../context.ts'
import type { LiveRuns } from './live.ts'
import type { RunRegistry } from './registry.ts'
import type { SharedRows } from './sharedrows.ts'

export interface SocketParts {
  readonly registry: RunRegistry
  readonly live: LiveRuns
  readonly rows: SharedRows
}

/** One page needs one run and one edge; several tabs have sockets of their own. */
const mostAtOnce = 32

/** Lets each socket follow runs and look at rows of edges; what it opened ends with it. */
export function attachRuns(io: SocketServer, { registry, live, rows }: SocketParts): void {
  io.on('connection', (socket) => {
    // What a slow or stalled socket has not taken yet is not added to: it gets the latest when it has.
    const ready = () => socket.conn.transport.writable
    const watched = new Openings()
    const edges = new Openings()
    socket.on('run:watch', (id) => {
      const run = typeof id === 'string' ? registry.get(id) : undefined
      if (!run) return
      watched.open(id, () =>
        live.follow(run.folder, {
          ready,
          counters: (sample) => socket.emit('counters', id, sample),
          log: (lines, next) => socket.emit('log', id, lines, next),
          uncounted: (why) => socket.emit('uncounted', id, why),
        }),
      )
    })
    socket.on('run:unwatch', (id) => watched.close(id))
    socket.on('rows:open', (ask) => {
      const run = isRowsAsk(ask) ? registry.get(ask.run) : undefined
      if (run) edges.open(keyOf(ask), () => rows.open(run.folder, ask.edge, { ready, rows: giveRows(socket, ask) }))
    })
    socket.on('rows:close', (ask) => {
      if (isRowsAsk(ask)) edges.close(keyOf(ask))
    })
    socket.on('disconnect', () => {
      watched.closeAll()
      edges.closeAll()
    })
  })
}

const giveRows =
  (socket: Socket<ClientEvents, ServerEvents>, { run, edge }: RowsAsk) =>
  (page: Parameters<ServerEvents['rows']>[1]) =>
    socket.emit('rows', { run, edge }, page)

const keyOf = ({ run, edge }: RowsAsk): string => `${run}\n${edge}`

/** A message is whatever its sender wrote. */
const isRowsAsk = (ask: RowsAsk): boolean =>
  typeof ask === 'object' &&
  ask !== null &&
  typeof ask.run === 'string' &&
  typeof ask.edge === 'string' &&
  ask.edge.length < 1000

/** What one socket has open, by name. */
class Openings {
  readonly #open = new Map<string, () => void>()

  open(name: string, begin: () => () => void): void {
    if (this.#open.has(name) || this.#open.size >= mostAtOnce) return
    this.#open.set(name, begin())
  }

  close(name: string): void {
    this.#open.get(name)?.()
    this.#open.delete(name)
  }

  closeAll(): void {
    for (const name of [...this.#open.keys()]) this.close(name)
  }
}
