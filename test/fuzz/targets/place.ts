import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { startRun } from '@headrace/runtime'
import { bindingOf } from '../../../runtime/server/binding.ts'
import { type RunningServer, startServer } from '../../../runtime/server/start.ts'
import { Finding } from '../engine/target.ts'

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
/** The text of the pipeline in the folder. */
export const text = JSON.stringify(pipeline)

/** A real server over a folder with a pipeline and a run, in this process. */
export class Place {
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
