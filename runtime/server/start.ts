import type { Server as HttpServer } from 'node:http'
import type { Server as HttpsServer } from 'node:https'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import express, { json } from 'express'
import { Server as SocketServer } from 'socket.io'
import { probeCache } from '../catalogue/cache.ts'
import { loadCatalogue } from '../catalogue/load.ts'
import { pathGuard } from '../catalogue/pathguard.ts'
import { makeStateFolder } from '../engine/statefolder.ts'
import { keepAddress, lastAddress, listen } from './address.ts'
import type { Binding } from './binding.ts'
import type { ServerContext } from './context.ts'
import { closeDoors } from './doors.ts'
import type { Doors } from './guard.ts'
import { withSecurityHeaders } from './headers.ts'
import { openLog } from './log.ts'
import { ownFolder } from './ownfolder.ts'
import { pageRouter } from './page/serve.ts'
import { firstVisit } from './page/visit.ts'
import { pipelineLister } from './pipelines/list.ts'
import { pipelineStore } from './pipelines/store.ts'
import { answerErrors, notFound } from './refuse.ts'
import { aboutRouter } from './routes/about.ts'
import { checkRouter } from './routes/check.ts'
import { filesRouter } from './routes/files.ts'
import { pipelinesRouter } from './routes/pipelines.ts'
import { templatesRouter } from './routes/templates.ts'
import { testsRouter } from './routes/tests.ts'
import { runsRouter, runsSocket } from './runs/index.ts'
import { startPreviews } from './runs/previewroutes.ts'
import { schedulesRouter, startSchedules } from './schedules/index.ts'
import { findExamples } from './templates/list.ts'
import { startWatch, type Watch } from './watch.ts'

type WebServer = HttpServer | HttpsServer

// An import of node:http touches each of its exports, and one of them loads a web client: 40 ms.
const { createServer } = process.getBuiltinModule('node:http')

export interface ServerOptions {
  /** Absolute, links resolved. */
  readonly folder: string
  readonly roots: readonly string[]
  /** Where runs are kept, if not beside each pipeline, absolute. */
  readonly state?: string | undefined
  /** The folder of the built page. */
  readonly page: string
  readonly binding: Binding
  /** Null: the last one or the next free one; 0: the last one or any. */
  readonly port: number | null
  readonly command: string
  /** So long whoever connects may take to say what is asked for; default: 10 s. */
  readonly headersMilliseconds?: number
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error'
}

/** A server at work. */
export interface RunningServer {
  readonly port: number
  readonly token: string
  readonly context: ServerContext
  readonly app: express.Express
  readonly close: () => Promise<void>
}

/** Starts the editor's server: page, REST and socket behind one guard, on one port. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { folder, roots, command, page, binding, state } = options
  const own = ownFolder(folder, state)
  makeStateFolder(state ?? own)
  const last = lastAddress(own)
  const app = express().disable('x-powered-by')
  const { tls } = binding
  const patience = patienceOf(options.headersMilliseconds)
  const http = tls
    ? process.getBuiltinModule('node:https').createServer({ ...tls, ...patience }, app)
    : createServer(patience, app)
  const sockets = socketsOf(http)
  const io: ServerContext['io'] = new SocketServer(http, {
    serveClient: false,
    maxHttpBufferSize: 1_000_000,
    // A page notices within ten seconds that nobody answers any more, though the connection stands.
    pingInterval: 4000,
    pingTimeout: 6000,
  })
  const stop = new AbortController()
  const log = openLog(join(own, 'server.log'), options.logLevel)
  const context: ServerContext = {
    folder,
    own,
    state,
    roots,
    command,
    io,
    log,
    catalogue: await loadCatalogue(),
    cache: probeCache({ most: 2000, changed: () => io.emit('files') }),
    guard: pathGuard(folder, roots),
    signal: stop.signal,
    closing: [],
  }
  let port = 0
  const doors: Doors = {
    token: last.token,
    hosts: binding.names,
    get cookie() {
      return `headrace-${port}`
    },
  }
  const watch = startWatch(context)
  addRoutes(app, context, watch, { doors, page, secure: binding.secure })
  runsSocket(context)
  // Before the first connection can come.
  closeDoors(http, doors, log)
  // A folder with very many files is looked through while the page is used already.
  await Promise.race([watch.ready, setTimeout(mostLooking, null, { ref: false })])
  try {
    port = await listen(http, binding.host, options.port, last.port)
  } catch (error) {
    await close(context, http, sockets, stop)
    throw error
  }
  // Beside another server of this folder the address stays that one's.
  if (options.port || last.port === null || last.port === port) keepAddress(own, port, last.token)
  log('info', `listens on ${binding.host}:${port} for ${folder}`)
  return { port, token: last.token, context, app, close: () => close(context, http, sockets, stop) }
}

/** The open connections, upgraded ones too: Node's server forgets those. */
function socketsOf(http: WebServer): ReadonlySet<Socket> {
  const sockets = new Set<Socket>()
  http.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return sockets
}

function addRoutes(
  app: express.Express,
  context: ServerContext,
  watch: Watch,
  { doors, page, secure }: { readonly doors: Doors; readonly page: string; readonly secure: boolean },
): void {
  app.use(withSecurityHeaders)
  app.use(firstVisit(doors, secure))
  app.use('/api', (request, response, next) => {
    context.log('debug', `${request.method} ${request.path}`)
    response.set('cache-control', 'no-store')
    next()
  })
  // Before bodies are read: a file that is sent is streamed to the disk.
  app.use('/api', filesRouter(context))
  app.use('/api', json({ limit: '5mb' }))
  const examples = findExamples()
  const store = pipelineStore(context.folder, examples.folder, context.own)
  app.use('/api', aboutRouter(context))
  const lister = pipelineLister(context.folder)
  const scheduler = startSchedules(context)
  app.use('/api', pipelinesRouter(context, store, lister, { watch, scheduler }))
  app.use('/api', schedulesRouter(context, scheduler, lister))
  app.use('/api', templatesRouter(context, examples, store, watch))
  app.use('/api', checkRouter(context, watch))
  const previews = startPreviews(context)
  app.use('/api', testsRouter(context, store, previews))
  app.use('/api', runsRouter(context, previews))
  app.use(pageRouter(page))
  app.use(notFound)
  app.use(answerErrors(context.log))
}

/**
 * A large file may take longer to come in than Node allows a request by default; but who has not said within seconds
 * what is asked for is cut off, before any token is seen. Without the second Node takes the first for both.
 */
const patienceOf = (headersTimeout = 10_000) => ({
  requestTimeout: 0,
  headersTimeout,
  connectionsCheckingInterval: Math.min(2000, headersTimeout),
})

/** So long a start waits until all files are known, in milliseconds. */
const mostLooking = 1500

/** A socket that stalls is not waited for longer. */
const goodbyeMilliseconds = 500

async function close(
  { closing, io, log }: ServerContext,
  http: WebServer,
  sockets: ReadonlySet<Socket>,
  stop: AbortController,
): Promise<void> {
  stop.abort()
  for (const one of closing.toReversed()) {
    await Promise.resolve(one()).catch((error: unknown) => log('error', String(error)))
  }
  const closed = new Promise<void>((resolve) => http.close(() => resolve()))
  await Promise.race([io.close(), setTimeout(goodbyeMilliseconds, null, { ref: false })])
  for (const socket of sockets) socket.destroy()
  await closed
}
