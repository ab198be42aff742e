import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { startRun } from '@headrace/runtime'
import { bindingOf } from '../../../runtime/server/binding.ts'
import { operations } from '../../../runtime/server/openapi/operations.ts'
import { type RunningServer, startServer } from '../../../runtime/server/start.ts'
import { mustBeClear } from '../engine/judge.ts'
import { Finding, type Target } from '../engine/target.ts'

const pipeline = {
  headrace: 1,
  nodes: {
    rows: { type: 'sources/csv', config: { path: 'a.csv', types: { n: 'int64' } } },
    keep: { type: 'transforms/filter', config: { where: 'n > 1' } },
    store: { type: 'sinks/ndjson', config: { path: 'out.ndjson', ifExists: 'replace' } },
  },
  edges: [
    { from: 'rows', to: 'keep' },
    { from: 'keep', to: 'store' },
  ],
}
const text = JSON.stringify(pipeline)

/** A real server over a folder with a pipeline and a run, in this process. */
class Place {
  readonly folder: string
  readonly server: RunningServer
  readonly run: string
  #logged = 0

  private constructor(folder: string, server: RunningServer, run: string) {
    this.folder = folder
    this.server = server
    this.run = run
  }

  static async open(base: string): Promise<Place> {
    const folder = join(realpathSync(base), 'work')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'a.csv'), 'n,text\n1,a\n2,b\nx,c\n')
    writeFileSync(join(folder, 'small.json'), text)
    const { running } = await startRun({ file: join(folder, 'small.json'), workers: 1, id: 'first' })
    await running?.done
    const page = join(base, 'page')
    mkdirSync(page, { recursive: true })
    writeFileSync(join(page, 'index.html'), '<!doctype html>')
    const server = await startServer({
      folder,
      roots: [],
      binding: bindingOf({}),
      page,
      port: 0,
      command: 'headrace',
      logLevel: 'warn',
    })
    return new Place(folder, server, 'first')
  }

  /** Whatever an input deleted is there again. */
  restore(): void {
    if (!existsSync(join(this.folder, 'small.json'))) writeFileSync(join(this.folder, 'small.json'), text)
    if (!existsSync(join(this.folder, 'a.csv'))) writeFileSync(join(this.folder, 'a.csv'), 'n,text\n1,a\n')
  }

  /** The server answers a simple question, and its log has no error that nobody made for people. */
  async mustBeWell(): Promise<void> {
    const { status } = await this.ask('GET', '/api/about', {})
    if (status !== 200) throw new Finding(`the server answers ${status} to a simple question afterwards`)
    const log = join(this.server.context.own, 'server.log')
    const all = existsSync(log) ? readFileSync(log, 'utf8') : ''
    const fresh = all.slice(this.#logged)
    this.#logged = all.length
    const bad = fresh.split('\n').find((line) => /"level":"error"| error /i.test(line))
    if (bad) throw new Finding(`the server's log has: ${bad}`)
  }

  ask(
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: string,
  ): Promise<{ status: number; text: string; type: string }> {
    const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string; type: string }>()
    const authorization = `Bearer ${this.server.token}`
    const asked = request(
      { port: this.server.port, host: '127.0.0.1', agent: false, method, path, headers: { authorization, ...headers } },
      (answer) => {
        let all = ''
        answer.setEncoding('utf8')
        answer.on('data', (part: string) => {
          all += part
          // What follows a run goes on as long as it does.
          if (all.length > 1 << 20) answer.destroy()
        })
        answer.on('close', () =>
          resolve({ status: answer.statusCode ?? 0, text: all, type: String(answer.headers['content-type']) }),
        )
      },
    )
    asked.on('error', reject)
    asked.setTimeout(20_000, () => asked.destroy(new Error('no answer came within 20 s')))
    asked.end(body)
    return promise
  }

  async close(): Promise<void> {
    await this.server.close()
  }
}

interface Asked {
  readonly method: string
  readonly path: string
  readonly headers?: { readonly [name: string]: unknown }
  readonly body?: unknown
  /** Sent as it is. */
  readonly raw?: unknown
}

const bodies: Record<string, object> = {
  '/check': { pipeline: 'small.json', text, params: {} },
  '/preview': { pipeline: 'small.json', text, node: 'keep', rows: 5, client: 'c', params: {} },
  '/search': { pipeline: 'small.json', text, node: 'store', question: 'q', rows: 3 },
  '/tests': {
    pipeline: 'small.json',
    text,
    name: 't',
    put: 'rows',
    expect: 'keep',
    rows: 2,
    identities: ['rows:a.csv:1'],
  },
  '/tests/run': { pipeline: 'small.json', text },
  '/pipelines': { name: 'made', text },
  '/pipelines/{id}': { text, base: 'x', client: 'c' },
  '/pipelines/{id}/rename': { to: 'other.json' },
  '/pipelines/{id}/draft': { text, base: 'x', revision: 0, client: 'c' },
  '/runs': {
    pipeline: 'no.json',
    draft: text,
    set: ['keep.where=n > 2'],
    limit: 1,
    params: {},
    anew: false,
    new: true,
  },
  '/runs/cancel': { pipeline: 'small.json' },
  '/runs/prune': { dryRun: true },
  '/runs/{id}/replay': { rows: [99], raw: { 99: '1,a' }, values: { 99: { n: 1 } } },
  '/schedules/{id}': { on: false },
  '/templates/{name}': { to: 'copy' },
}

/** REST: every operation of the description, its path, query, headers and body. */
export const restTarget: Target = {
  about: "the server's REST: methods, paths, queries, headers, JSON bodies",
  form: 'json',
  short: 70,
  together: 4,
  seeds: () =>
    operations.map(({ method, path, query = {} }) => {
      const where = path
        .replace('{id}', path.startsWith('/runs') ? 'first' : 'small.json')
        .replace('{name}', 'clean-csv')
      const asked = Object.keys(query).map((name) => `${name}=${name === 'pipeline' ? 'small.json' : '1'}`)
      return JSON.stringify({
        method: method.toUpperCase(),
        path: `/api${where}${asked.length ? `?${asked.join('&')}` : ''}`,
        headers: {},
        ...(bodies[path] && { body: bodies[path] }),
      })
    }),
  words: [
    'small.json',
    'first',
    '/api/',
    '..%2f',
    '%00',
    '%ff',
    '/',
    '?',
    '&',
    'pipeline=',
    'path=',
    'limit=',
    'offset=',
    'after=',
    'since=',
    'edge=',
    '-1',
    '1e9',
    'NaN',
    '[]=1',
    '[a]=1',
    'keep',
    'rows',
    'GET',
    'PUT',
    'PATCH',
    'DELETE',
    'OPTIONS',
    'content-type',
    'application/json',
    'text/plain',
    'gzip',
    'content-encoding',
    'if-none-match',
    'range',
    'bytes=0-',
  ],
  async open(folder) {
    const place = await Place.open(folder)
    return {
      async feed(input) {
        const asked = askedIn(input)
        if (!asked || beginsWork(asked)) return 'not sent'
        place.restore()
        const { method, path, headers, body } = asked
        let answer: Awaited<ReturnType<Place['ask']>>
        try {
          answer = await place.ask(method, path, headers, body)
        } catch (error) {
          const { code = '', message } = error as NodeJS.ErrnoException
          // What Node's client will not write, or the server rightly cuts off.
          if (/^ERR_|HPE_|ECONNRESET|EPIPE/.test(code) || code === 'ECONNRESET') return 'not sent'
          throw new Finding(`${method} ${path}: ${message}`)
        }
        mustBeAnswer(answer)
        await place.mustBeWell()
        return `${method} ${answer.status}`
      },
      close: () => place.close(),
    }
  },
}

function mustBeAnswer({ status, text: said, type }: { status: number; text: string; type: string }): void {
  if (status >= 500) throw new Finding(`the answer is ${status}: ${said.slice(0, 300)}`)
  if (status < 400 || !type.startsWith('application/json') || said === '') return
  const { error } = JSON.parse(said) as { error?: unknown }
  // 409 answers with what stands there instead.
  if (typeof error === 'string') mustBeClear(String(status), error)
  else if (status !== 409) throw new Finding(`the answer ${status} says no error: ${said.slice(0, 200)}`)
}

function askedIn(
  input: Buffer,
): { method: string; path: string; headers: Record<string, string>; body: string | undefined } | null {
  try {
    const { method, path, headers = {}, body, raw } = JSON.parse(input.toString('utf8')) as Asked
    if (typeof method !== 'string' || typeof path !== 'string' || !path.startsWith('/')) return null
    const own = Object.entries(headers ?? {}).filter(
      ([name]) => !/^(authorization|host|content-length|transfer-encoding|connection|expect|upgrade)$/i.test(name),
    )
    const sent = typeof raw === 'string' ? raw : body === undefined ? undefined : JSON.stringify(body)
    const type: Record<string, string> = sent === undefined ? {} : { 'content-type': 'application/json' }
    return {
      method,
      path,
      body: sent,
      headers: { ...type, ...Object.fromEntries(own.map(([name, value]) => [name, String(value)])) },
    }
  } catch {
    return null
  }
}

/** Runs are not begun, and not followed to their end: each is a process of its own, for which other tests are there. */
const beginsWork = ({
  method,
  path,
  body = '',
}: {
  method: string
  path: string
  body?: string | undefined
}): boolean =>
  /\/(resume|replay|kill|follow)/.test(path) ||
  (method === 'POST' && /\/runs\/?(\?|$)/.test(path) && body.includes('small.json'))

/** Raw bytes on the connection, with the token in them. */
export const httpTarget: Target = {
  about: 'raw bytes on the server’s port',
  form: 'bytes',
  short: 40,
  together: 4,
  seeds: () => [
    'GET /api/about HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer TOKEN\r\nConnection: close\r\n\r\n',
    'POST /api/check HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer TOKEN\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}',
    'POST /api/check HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer TOKEN\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
    'GET /socket.io/?EIO=4&transport=websocket&token=TOKEN HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n\x81\x82\0\0\0\x0040',
    'GET /socket.io/?EIO=4&transport=polling&token=TOKEN HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n',
    'POST /api/files?name=x.csv HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer TOKEN\r\nContent-Length: 9\r\nConnection: close\r\n\r\na,b\n1,2\n\n',
    'GET /?token=TOKEN HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
  ],
  words: [
    '\r\n',
    '\r\n\r\n',
    'Host: ',
    'Content-Length: ',
    'Transfer-Encoding: chunked',
    'Expect: 100-continue',
    'Upgrade: websocket',
    'Origin: http://evil',
    'TOKEN',
    '/api/files?name=',
    '%2e%2e',
    'GET ',
    'POST ',
    'HTTP/1.0',
    '\x88\x80\0\0\0\0',
    '\x82\xfe\xff\xff',
    'transport=polling&sid=',
  ],
  async open(folder) {
    const place = await Place.open(folder)
    return {
      async feed(input) {
        place.restore()
        const bytes = Buffer.from(input.toString('latin1').replaceAll('TOKEN', place.server.token), 'latin1')
        const answer = await rawly(place.server.port, bytes)
        if (/^HTTP\/1\.1 5/.test(answer)) throw new Finding(`the answer is ${answer.slice(0, 300)}`)
        await place.mustBeWell()
        return answer.slice(0, 12).trim() || 'closed'
      },
      close: () => place.close(),
    }
  },
}

/** What comes back within a moment; the connection is then cut. */
async function rawly(port: number, bytes: Buffer): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let said = ''
  socket.on('data', (part) => (said += part.toString('latin1').slice(0, 2000)))
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.on('error', () => {}) // cut off by the server
  socket.write(bytes)
  await Promise.race([closed, after(40)])
  socket.destroy()
  return said
}

const events = ['run:watch', 'run:unwatch', 'rows:open', 'rows:close']

/** Messages on the socket: as texts of its protocol, one after the other. */
export const socketTarget: Target = {
  about: 'messages on the server’s socket: packets, events, what they carry',
  form: 'json',
  short: 40,
  together: 4,
  seeds: () => [
    JSON.stringify(['40', '42["run:watch","first"]', '42["run:unwatch","first"]']),
    JSON.stringify([
      '40',
      '42["rows:open",{"run":"first","edge":"rows → keep"}]',
      '42["rows:close",{"run":"first","edge":"rows → keep"}]',
    ]),
    JSON.stringify(['40', '421["run:watch","first"]', '431["x"]', '41']),
    JSON.stringify(['40', '451-["run:watch",{"_placeholder":true,"num":0}]', 'binary']),
    JSON.stringify(['3', '2probe', '5', '1', '40/other,{"a":1}', '42["disconnect"]', '42["connect"]', '42["error",1]']),
    JSON.stringify(['40', `42["rows:open",${'['.repeat(2000)}${']'.repeat(2000)}]`]),
    JSON.stringify(['40', ...Array.from({ length: 60 }, (_, i) => `42["rows:open",{"run":"first","edge":"e${i}"}]`)]),
  ],
  words: [
    ...events.map((event) => `42["${event}",`),
    'first',
    '"first"]',
    '{"run":"first","edge":"keep → store"}]',
    '40',
    '41',
    '44',
    '45',
    '46',
    '2',
    '3',
    '51-',
    '/admin,',
    'null',
    '{}',
    '[]',
    '__proto__',
    'toString',
    'newListener',
    'binary',
  ],
  async open(folder) {
    const place = await Place.open(folder)
    return {
      async feed(input) {
        const messages = messagesIn(input)
        const address = `ws://127.0.0.1:${place.server.port}/socket.io/?EIO=4&transport=websocket&token=${place.server.token}`
        const socket = new WebSocket(address)
        const opened = await new Promise<boolean>((resolve) => {
          socket.onopen = () => resolve(true)
          socket.onerror = () => resolve(false)
        })
        if (!opened) throw new Finding('the socket was not let in')
        let said = 0
        socket.onmessage = () => said++
        for (const message of messages) {
          if (socket.readyState !== WebSocket.OPEN) break
          socket.send(message === 'binary' ? Buffer.from([1, 2, 3]) : message)
        }
        await after(10)
        socket.close()
        await place.mustBeWell()
        return said > 1 ? 'answers' : 'silence'
      },
      close: () => place.close(),
    }
  },
}

function messagesIn(input: Buffer): string[] {
  try {
    const value = JSON.parse(input.toString('utf8')) as unknown
    if (Array.isArray(value)) return value.map((one) => (typeof one === 'string' ? one : `42${JSON.stringify(one)}`))
  } catch {
    // Then it is one message.
  }
  return ['40', input.toString('utf8')]
}
