import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Report, startRun } from '@headrace/runtime'
import { afterAll } from 'vitest'

// The tests' own nodes (they lie, stall and sleep) are in the catalogue of every process that a test starts.
process.env['HEADRACE_NODES'] = join(import.meta.dirname, '..', 'nodes')
// Released memory is overwritten, and memory that is still held at the end of a split is an error.
process.env['HEADRACE_POISON'] = '1'

type Edge = readonly [from: string, to: string]

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** A folder of its own for a test, with files and a pipeline in it. */
export class Workplace {
  readonly folder = mkdtempSync(join(tmpdir(), 'headrace-'))

  constructor() {
    folders.push(this.folder)
  }

  /** Takes the folder away before the tests of a file are over: for those that make many. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  write(name: string, content: string | Uint8Array): string {
    mkdirSync(dirname(this.path(name)), { recursive: true })
    writeFileSync(this.path(name), content)
    return this.path(name)
  }

  exists(name: string): boolean {
    return existsSync(this.path(name))
  }

  list(name: string): string[] {
    return readdirSync(this.path(name)).filter((one) => !one.startsWith('.'))
  }

  lines(name: string): string[] {
    return readFileSync(this.path(name), 'utf8').split('\n').filter(Boolean)
  }

  /** Rows of an NDJSON file. */
  rows(name: string): Record<string, unknown>[] {
    return this.lines(name).map((line) => JSON.parse(line) as Record<string, unknown>)
  }

  /** A CSV with a header `n,text` and `count` rows. */
  numbers(name: string, count: number): void {
    const rows = Array.from({ length: count }, (_, i) => `${i + 1},text ${i + 1}`)
    this.write(name, `n,text\n${rows.join('\n')}\n`)
  }

  /** A file that keeps the tests' slow node slow until `release`: a run lasts until the test has seen what it looks for. */
  hold(): string {
    return this.write('hold', '')
  }

  release(): void {
    rmSync(this.path('hold'), { force: true })
  }

  /** Writes a pipeline: nodes as [type, config], edges as [from, to]. */
  pipeline(nodes: Record<string, [type: string, config?: object]>, edges: readonly Edge[], settings?: object): string {
    const pipeline = {
      headrace: 1,
      ...(settings && { settings }),
      nodes: Object.fromEntries(Object.entries(nodes).map(([id, [type, config = {}]]) => [id, { type, config }])),
      edges: edges.map(([from, to]) => ({ from, to })),
    }
    return this.write('pipeline.json', JSON.stringify(pipeline, null, 2))
  }

  async run(file: string, options: Partial<Parameters<typeof startRun>[0]> = {}): Promise<Report> {
    const { running, problems } = await startRun({ file, ...options })
    if (!running) throw new Error(`the run was refused: ${problems.map(({ message }) => message).join('; ')}`)
    return await running.done
  }
}
