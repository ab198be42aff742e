import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { unpackError } from '../engine/messages.ts'
import { HeadraceError } from '../pipeline/problem.ts'
import type { PreviewAnswer, SearchAnswer } from '../server/api/rows.ts'
import type { TestsAnswer } from '../server/api/tests.ts'
import type { TraceAnswer } from '../server/api/trace.ts'
import type { MadeTest, SaveTask } from '../tests/save.ts'
import type { Answer, FromPreview, PageTests, PreviewStart, ToPreview, TraceTask } from './messages.ts'
import type { PreviewTask } from './preview.ts'
import type { SearchTask } from './search.ts'

interface Waiting {
  readonly child: ChildProcess
  readonly settle: (answer: Answer) => void
  readonly fail: (error: unknown) => void
}

/** The server's end of the process that answers previews and searches: started when first asked, again after a crash. */
export class PreviewProcess {
  readonly #within: PreviewStart['within']
  readonly #onLog: (text: string) => void
  readonly #idleMilliseconds: number
  readonly #waiting = new Map<number, Waiting>()
  #child: ChildProcess | undefined
  #next = 0
  #closed = false
  #idle: NodeJS.Timeout | undefined

  /** `within`: the folders that pipelines may read; null: everything. `onLog` gets what the process writes. */
  constructor(
    options: { within?: PreviewStart['within']; onLog?: (text: string) => void; idleMilliseconds?: number } = {},
  ) {
    this.#idleMilliseconds = options.idleMilliseconds ?? 600_000
    this.#within = options.within ?? null
    this.#onLog = options.onLog ?? (() => {})
  }

  async preview(task: PreviewTask, signal?: AbortSignal): Promise<PreviewAnswer> {
    return (await this.#ask((id) => ({ type: 'preview', id, task }), signal)) as PreviewAnswer // as it was asked
  }

  async search(task: SearchTask, signal?: AbortSignal): Promise<SearchAnswer> {
    return (await this.#ask((id) => ({ type: 'search', id, task }), signal)) as SearchAnswer // as it was asked
  }

  /** The way of rows of a run through its nodes. */
  async trace(task: TraceTask, signal?: AbortSignal): Promise<TraceAnswer> {
    return (await this.#ask((id) => ({ type: 'trace', id, task }), signal)) as TraceAnswer // as it was asked
  }

  /** A test made of rows in view. */
  async makeTest(task: SaveTask, signal?: AbortSignal): Promise<MadeTest> {
    return (await this.#ask((id) => ({ type: 'makeTest', id, task }), signal)) as MadeTest // as it was asked
  }

  /** How the tests beside a pipeline go; null where there are none. */
  async tests(task: PageTests, signal?: AbortSignal): Promise<TestsAnswer['tests'] | null> {
    return (await this.#ask((id) => ({ type: 'tests', id, task }), signal)) as TestsAnswer['tests'] | null // as it was asked
  }

  /** The process's number, while there is one. */
  get pid(): number | undefined {
    return this.#child?.pid
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#idle)
    const child = this.#child
    if (!child) return
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    // It ends by itself when its channel closes; native code that does not come back is not waited for.
    if (child.connected) child.disconnect()
    const timer = setTimeout(() => child.kill('SIGKILL'), 2000)
    await gone
    clearTimeout(timer)
  }

  #ask(message: (id: number) => ToPreview, signal?: AbortSignal): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      if (this.#closed) return reject(new HeadraceError('closed', 'the server is closing'))
      const id = this.#next++
      const child = this.#start()
      clearTimeout(this.#idle)
      const end = () => {
        signal?.removeEventListener('abort', abort)
        this.#waiting.delete(id)
        this.#rest()
      }
      const abort = () => {
        end()
        if (child.connected) child.send({ type: 'abort', id } satisfies ToPreview)
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', abort)
      this.#waiting.set(id, {
        child,
        settle: (answer) => {
          end()
          resolve(answer)
        },
        fail: (error) => {
          end()
          reject(error)
        },
      })
      child.send(message(id))
    })
  }

  /** Nobody has asked for a long time: the memory goes back, and the next question starts a process again. */
  #rest(): void {
    clearTimeout(this.#idle)
    this.#idle = setTimeout(() => {
      const child = this.#child
      if (this.#waiting.size > 0 || !child?.connected) return
      this.#child = undefined
      child.disconnect()
    }, this.#idleMilliseconds).unref()
  }

  #start(): ChildProcess {
    if (this.#child?.connected) return this.#child
    const path = fileURLToPath(new URL('./start.mjs', import.meta.url))
    const child = fork(path, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], serialization: 'json', execArgv: [] })
    this.#child = child
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => this.#onLog(text))
    child.on('message', (message: FromPreview) => {
      const one = this.#waiting.get(message.id)
      if (!one) return
      if ('answer' in message) one.settle(message.answer)
      else one.fail(unpackError(message.error))
    })
    child.on('error', (error) => this.#onLog(`${error.message}\n`))
    child.on('exit', (code, signal) => this.#gone(child, signal ?? `code ${code}`))
    child.send({ type: 'start', within: this.#within } satisfies ToPreview)
    return child
  }

  #gone(child: ChildProcess, how: string): void {
    if (this.#child === child) this.#child = undefined
    const crashed = [...this.#waiting.values()].filter((one) => one.child === child)
    for (const { fail } of crashed)
      fail(
        new HeadraceError('preview-crashed', `the preview's process ended (${how}) before it had an answer`, {
          hint: 'Ask again; it starts anew. If it ends every time, a node or a model that the pipeline uses crashes: run to a node further up to find which.',
        }),
      )
  }
}
