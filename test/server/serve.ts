import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { type IncomingHttpHeaders, request } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { io, type Socket } from 'socket.io-client'
import { afterAll } from 'vitest'
import type { ClientEvents, ServerEvents } from '../../runtime/server/api/index.ts'
import { type BindingFlags, bindingOf } from '../../runtime/server/binding.ts'
import { type RunningServer, startServer } from '../../runtime/server/start.ts'

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  readonly text: string
}

const started: Served[] = []
afterAll(async () => {
  for (const one of started) await one.close()
})

/** A real server over a folder of its own, on a free port of this machine. */
export class Served {
  readonly base = realpathSync(mkdtempSync(join(tmpdir(), 'headrace-server-')))
  readonly folder = join(this.base, 'work')
  readonly page = join(this.base, 'page')
  server: RunningServer | undefined
  readonly #sockets: Socket[] = []

  /** `files`: what the folder holds at the start; objects are written as JSON. */
  static async start(
    files: { readonly [path: string]: string | Uint8Array | object } = {},
    options: {
      readonly roots?: readonly string[]
      readonly flags?: BindingFlags
      readonly folder?: string
      readonly headersMilliseconds?: number
    } = {},
  ): Promise<Served> {
    const served = new Served()
    started.push(served)
    mkdirSync(served.folder, { recursive: true })
    for (const [path, content] of Object.entries(files)) served.write(path, content)
    mkdirSync(join(served.page, 'assets'), { recursive: true })
    writeFileSync(join(served.page, 'index.html'), '<!doctype html><title>Headrace</title>')
    writeFileSync(join(served.page, 'assets', 'page-1a2b3c.js'), 'export {}')
    await served.up(options)
    return served
  }

  async up(options: Parameters<typeof Served.start>[1] = {}): Promise<void> {
    const { roots = [], flags = {}, folder = this.folder, headersMilliseconds } = options
    const patience = headersMilliseconds === undefined ? {} : { headersMilliseconds }
    const rest = { ...patience, page: this.page, port: 0, command: 'headrace', logLevel: 'warn' } as const
    this.server = await startServer({ folder, roots, binding: bindingOf(flags), ...rest })
  }

  write(path: string, content: string | Uint8Array | object): string {
    const file = join(this.folder, path)
    mkdirSync(dirname(file), { recursive: true })
    const plain = typeof content === 'string' || content instanceof Uint8Array
    writeFileSync(file, plain ? content : `${JSON.stringify(content, null, 2)}\n`)
    return file
  }

  get port(): number {
    return (this.server as RunningServer).port
  }

  get token(): string {
    return (this.server as RunningServer).token
  }

  /** A request as it is given, without a token of its own. */
  raw(method: string, path: string, headers: Record<string, string> = {}, body?: string | Uint8Array): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    const asked = request({ port: this.port, host: '127.0.0.1', method, path, headers }, (answer) => {
      const parts: Buffer[] = []
      answer.on('data', (part: Buffer) => parts.push(part))
      answer.on('end', () => {
        const all = Buffer.concat(parts)
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: all, text: all.toString('utf8') })
      })
      answer.on('error', reject)
    })
    asked.on('error', reject)
    asked.end(body)
    return promise
  }

  /** A REST request with the token; `value` is the answer's JSON. */
  async ask<T>(method: string, path: string, body?: unknown): Promise<{ status: number; value: T }> {
    const sent = body === undefined ? undefined : JSON.stringify(body)
    const headers = { authorization: `Bearer ${this.token}`, ...(sent && { 'content-type': 'application/json' }) }
    const { status, text } = await this.raw(method, `/api/${path}`, headers, sent)
    return { status, value: (text ? JSON.parse(text) : null) as T }
  }

  async get<T>(path: string): Promise<T> {
    const { status, value } = await this.ask<T>('GET', path)
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${JSON.stringify(value)}`)
    return value
  }

  /** A socket of a page that is let in. */
  async socket(): Promise<Socket<ServerEvents, ClientEvents>> {
    const socket = io(`http://127.0.0.1:${this.port}`, {
      extraHeaders: { cookie: `headrace-${this.port}=${this.token}` },
      transports: ['websocket'],
      reconnection: false,
    })
    this.#sockets.push(socket)
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('connect_error', reject)
    })
    return socket
  }

  async down(): Promise<void> {
    for (const socket of this.#sockets) socket.disconnect()
    await this.server?.close()
    this.server = undefined
  }

  async close(): Promise<void> {
    await this.down()
    rmSync(this.base, { recursive: true, force: true })
  }
}

/** The next event of a name that fits, and how long it took; fails after two seconds. */
export function next<E extends keyof ServerEvents & string>(
  socket: Socket<ServerEvents, ClientEvents>,
  event: E,
  fits: (...given: Parameters<ServerEvents[E]>) => boolean = () => true,
): Promise<{ given: Parameters<ServerEvents[E]>; milliseconds: number }> {
  const { promise, resolve, reject } = Promise.withResolvers<{
    given: Parameters<ServerEvents[E]>
    milliseconds: number
  }>()
  const began = performance.now()
  const timer = setTimeout(() => {
    socket.offAny(look)
    reject(new Error(`no event ${event} came`))
  }, 20_000)
  function look(name: string, ...given: unknown[]): void {
    const own = given as Parameters<ServerEvents[E]> // the event of this name
    if (name !== event || !fits(...own)) return
    clearTimeout(timer)
    socket.offAny(look)
    resolve({ given: own, milliseconds: performance.now() - began })
  }
  socket.onAny(look)
  return promise
}

/** A pipeline of one CSV file, kept as it is. */
export const small = (path = 'data/a.csv') => ({
  headrace: 1,
  name: 'small',
  nodes: {
    rows: { type: 'sources/csv', config: { path } },
    store: { type: 'sinks/csv', config: { path: 'out/a.csv', ifExists: 'replace' } },
  },
  edges: [{ from: 'rows', to: 'store' }],
})
