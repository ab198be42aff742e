import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ClientEvents, RunView, ServerEvents } from '@headrace/runtime/api'
import type { Socket } from 'socket.io-client'
import type { RunningServer } from '../../runtime/server/start.ts'
import { Served } from './serve.ts'

// The tests' own slow nodes are in the catalogue of the server and of the processes that it starts.
process.env['HEADRACE_NODES'] = join(import.meta.dirname, '..', 'nodes')
delete process.env['HEADRACE_STATE']

export type Client = Socket<ServerEvents, ClientEvents>

/** A real server over a folder of its own, with what runs need of it. */
export class RunsServer {
  readonly #served: Served

  private constructor(served: Served) {
    this.#served = served
  }

  static async start(files: Readonly<Record<string, string | object>> = {}): Promise<RunsServer> {
    return new RunsServer(await Served.start(files))
  }

  get folder(): string {
    return this.#served.folder
  }

  get server(): RunningServer {
    return this.#served.server as RunningServer
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#served.port}`
  }

  get token(): string {
    return this.#served.token
  }

  write(name: string, content: string | object): string {
    return this.#served.write(name, content)
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
  client(): Promise<Client> {
    return this.#served.socket()
  }

  /** The run when it is as asked, within some seconds. */
  async until(id: string, fits: (run: RunView) => boolean, seconds = 20): Promise<RunView> {
    return await within(seconds, `run ${id}`, async () => {
      const run = await this.json<RunView>('GET', `runs/${id}`)
      return fits(run) ? run : null
    })
  }

  /** Ends the server; its folder stays, for `again`. */
  stop(): Promise<void> {
    return this.#served.down()
  }

  again(): Promise<void> {
    return this.#served.up()
  }

  close(): Promise<void> {
    return this.#served.close()
  }
}

/** How much longer things may take on a busy machine than on one at rest. */
const busy = 5

/** Asks again and again until there is an answer; `seconds` are those of a machine at rest. */
export async function within<T>(seconds: number, what: string, ask: () => Promise<T | null> | T | null): Promise<T> {
  const end = performance.now() + seconds * 1000 * busy
  while (performance.now() < end) {
    const answer = await ask()
    if (answer !== null) return answer
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`${what}: not within ${seconds * busy} s`)
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

/** A slow pipeline whose run is at work for half a minute while the file `hold` is there, and done at once without it. */
export function heldPipeline(hold: string): object {
  writeFileSync(hold, '')
  const pipeline = slowPipeline(heldRows, 250) as { nodes: { slow: object } }
  const slow = { type: 'transforms/slow', config: { milliseconds: 250, hold } }
  return { ...pipeline, nodes: { ...pipeline.nodes, slow } }
}

export const heldRows = 1_000_000

export const ndjson = (ifExists: 'replace' | 'fail'): object => ({
  type: 'sinks/ndjson',
  config: { path: 'out.ndjson', ifExists },
})
