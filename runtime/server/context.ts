import type { Server } from 'socket.io'
import type { ProbeCache } from '../catalogue/cache.ts'
import type { Catalogue } from '../catalogue/load.ts'
import type { PathGuard } from '../catalogue/pathguard.ts'
import type { ClientEvents, ServerEvents } from './api/events.ts'
import type { ServerLog } from './log.ts'

/** The socket's server, with what it and the page may say. */
export type SocketServer = Server<ClientEvents, ServerEvents>

/** What every part of the server works with. */
export interface ServerContext {
  /** The folder whose pipelines are edited, absolute, links resolved. */
  readonly folder: string
  /** Where the server keeps what is its own. */
  readonly own: string
  /** Where runs are kept, if not beside each pipeline (`--state`), absolute. */
  readonly state: string | undefined
  /** Other folders that sources and models may be read from (`--data`), absolute, links resolved. */
  readonly roots: readonly string[]
  readonly catalogue: Catalogue
  /** One for all checks and previews. */
  readonly cache: ProbeCache
  /** For every check, preview, run and search: nothing outside the folder and the roots is read, or written. */
  readonly guard: PathGuard
  readonly io: SocketServer
  readonly log: ServerLog
  /** Aborted when the server closes. */
  readonly signal: AbortSignal
  /** The command that runs Headrace here, for people: `headrace`, or a path. */
  readonly command: string
  /** What is to be done before the server is gone: child processes, watchers. */
  readonly closing: (() => Promise<void> | void)[]
}
