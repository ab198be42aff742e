import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { ClientEvents, RunView, ServerEvents } from '@headrace/runtime/api'
import { io, type Socket } from 'socket.io-client'
import { afterAll } from 'vitest'
import { bindingOf } from '../../runtime/server/binding.ts'
import { type RunningServer, startServer } from '../../runtime/server/start.ts'

// The tests' own slow nodes are in the catalogue of the server and of the processes that it starts.
process.env['HEADRACE_NODES'] = join(import.meta.dirname, '..', 'nodes')
delete process.env['HEADRACE_STATE']

const open: RunsServer[] = []
afterAll(async () => {
  for (const server of open) await server.close()
})

export type Client = Socket<ServerEvents, ClientEvents>

/** A real server over a folder of its own, with what runs need of it. */
export class RunsServer {
  readonly folder: string
  readonly server: RunningServer
  readonly #clients: Client[] = []

  private constructor(folder: string, server: RunningServer) {
    this.folder = folder
    this.server = server
  }

  static async start(files: Readonly<Record<string, string | object>> = {}): Promise<RunsServer> {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'headrace-runs-')))
    for (const [name, content] of Object.entries(files)) writeIn(folder, name, content)
    const server = await startServer({
      folder,
      roots: [],
      page: folder,
      binding: bindingOf({}),
      port: 0,
      command: 'headrace',
      logLevel: 'debug',
    })
    const started = new RunsServer(folder, server)
    open.push(started)
    return started
  }

  write(name: string, content: string | object): string {
    return writeIn(this.folder, name, content)
  }

  get origin(): string {
    return `http://127.0.0.1:${this.server.port}`
  }

  get token(): string {
    return this.server.token
  }

  async ask(method: string, path: string, body?: unknown): Promise<Response> {
    return await fetch(`${this.origin}/api/${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  }

  /** The answer's JSON; an answer that is none of `status` fails. */
  async json<T>(method: string, path: string, body?: unknown, ...status: number[]): Promise<T> {
    const answer = await this.ask(method, path, body)
    const text = await answer.text()
    const expected = status.length ? status.includes(answer.status) : answer.ok
    if (!expected) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return (text === '' ? null : JSON.parse(text)) as T
  }

  /** A socket as the page has one. */
  async client(): Promise<Client> {
    const client: Client = io(this.origin, { extraHeaders: { authorization: `Bearer ${this.token}` }, forceNew: true })
    this.#clients.push(client)
    await new Promise<void>((resolve, reject) => client.once('connect', resolve).once('connect_error', reject))
    return client
  }

  /** The run when it is as asked, within some seconds. */
  async until(id: string, fits: (run: RunView) => boolean, seconds = 20): Promise<RunView> {
    return await within(seconds, `run ${id}`, async () => {
      const run = await this.json<RunView>('GET', `runs/${id}`)
      return fits(run) ? run : null
    })
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.disconnect()
    await this.server.close()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

function writeIn(folder: string, name: string, content: string | object): string {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content, null, 2))
  return path
}

/** Asks again and again until there is an answer. */
export async function within<T>(seconds: number, what: string, ask: () => Promise<T | null> | T | null): Promise<T> {
  const end = performance.now() + seconds * 1000
  while (performance.now() < end) {
    const answer = await ask()
    if (answer !== null) return answer
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`${what}: not within ${seconds} s`)
}

/** A pipeline of made-up rows: `made → slow → stored`, slow by so many milliseconds a batch of 8,192 rows. */
export function slowPipeline(rows: number, milliseconds: number, sink: object = ndjson('replace')): object {
  return {
    headrace: 1,
    name: 'slow',
    settings: { workers: 1 },
    nodes: {
      made: { type: 'sources/generate', config: { rows, columns: { id: 'sequence', text: 'words(2, 4)' } } },
      slow: { type: 'transforms/slow', config: { milliseconds } },
      stored: sink,
    },
    edges: [
      { from: 'made', to: 'slow' },
      { from: 'slow', to: 'stored' },
    ],
  }
}

export const ndjson = (ifExists: 'replace' | 'fail'): object => ({
  type: 'sinks/ndjson',
  config: { path: 'out.ndjson', ifExists },
})
