import { createServer, type Server as HttpServer } from 'node:http'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import express, { json } from 'express'
import { Server as SocketServer } from 'socket.io'
import { probeCache } from '../catalogue/cache.ts'
import { loadCatalogue } from '../catalogue/load.ts'
import { pathGuard } from '../catalogue/pathguard.ts'
import { keepAddress, lastAddress, listen } from './address.ts'
import type { ServerContext } from './context.ts'
import { closeDoors } from './doors.ts'
import type { Doors } from './guard.ts'
import { withSecurityHeaders } from './headers.ts'
import { openLog } from './log.ts'
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
import { runsRouter, runsSocket } from './runs/index.ts'
import { findExamples } from './templates/list.ts'
import { startWatch } from './watch.ts'

export interface ServerOptions {
  /** Absolute, links resolved. */
  readonly folder: string
  readonly roots: readonly string[]
  /** The folder of the built page. */
  readonly page: string
  readonly host: string
  /** Null: the last one or the next free one; 0: the last one or any. */
  readonly port: number | null
  readonly command: string
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error'
}

/** A server at work. */
export interface RunningServer {
  readonly port: number
  readonly token: string
  readonly context: ServerContext
  readonly close: () => Promise<void>
}

/** Starts the editor's server: page, REST and socket behind one guard, on one port. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { folder, roots, command, page, host } = options
  const last = lastAddress(folder)
  const app = express().disable('x-powered-by')
  // A large file may take longer to come in than Node allows a request by default.
  const http = createServer({ requestTimeout: 0 }, app)
  const sockets = socketsOf(http)
  const io: ServerContext['io'] = new SocketServer(http, { serveClient: false, maxHttpBufferSize: 1_000_000 })
  const stop = new AbortController()
  const log = openLog(join(folder, '.headrace', 'server.log'), options.logLevel)
  const context: ServerContext = {
    folder,
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
  const port = await listen(http, host, options.port, last.port)
  const doors: Doors = { token: last.token, cookie: `headrace-${port}`, hosts: [] }
  const watch = startWatch(context)
  addRoutes(app, context, watch, doors, page)
  runsSocket(context)
  closeDoors(http, doors, log)
  keepAddress(folder, port, last.token)
  await watch.ready
  log('info', `listens on ${host}:${port} for ${folder}`)
  return { port, token: last.token, context, close: () => close(context, http, sockets, stop) }
}

/** The open connections, upgraded ones too: Node's server forgets those. */
function socketsOf(http: HttpServer): ReadonlySet<Socket> {
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
  watch: ReturnType<typeof startWatch>,
  doors: Doors,
  page: string,
): void {
  app.use(withSecurityHeaders)
  app.use(firstVisit(doors, false))
  app.use('/api', (request, response, next) => {
    context.log('debug', `${request.method} ${request.path}`)
    response.set('cache-control', 'no-store')
    next()
  })
  // Before bodies are read: a file that is sent is streamed to the disk.
  app.use('/api', filesRouter(context))
  app.use('/api', json({ limit: '5mb' }))
  const examples = findExamples()
  const store = pipelineStore(context.folder, examples.folder)
  app.use('/api', aboutRouter(context))
  app.use('/api', pipelinesRouter(context, store, pipelineLister(context.folder), watch))
  app.use('/api', templatesRouter(context, examples, store, watch))
  app.use('/api', checkRouter(context, watch))
  app.use('/api', runsRouter(context))
  app.use(pageRouter(page))
  app.use(notFound)
  app.use(answerErrors(context.log))
}

/** A socket that stalls is not waited for longer. */
const goodbyeMilliseconds = 500

async function close(
  { closing, io, log }: ServerContext,
  http: HttpServer,
  sockets: ReadonlySet<Socket>,
  stop: AbortController,
): Promise<void> {
  stop.abort()
  for (const one of closing.toReversed()) {
    await Promise.resolve(one()).catch((error: unknown) => log('error', String(error)))
  }
  const closed = new Promise<void>((resolve) => http.once('close', () => resolve()))
  http.close()
  await Promise.race([io.close(), setTimeout(goodbyeMilliseconds, null, { ref: false })])
  for (const socket of sockets) socket.destroy()
  await closed
}
