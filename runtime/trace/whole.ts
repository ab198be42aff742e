import type { NodePlan } from '../engine/flowplan.ts'
import { changedFiles } from '../engine/versions.ts'
import { type Batch, Scope } from '../memory/index.ts'
import type { CheckedNode } from '../pipeline/check.ts'
import type { Schema } from '../pipeline/schema.ts'
import { runAlone } from '../preview/alone.ts'
import { type Around, resultOf, rowsOf } from '../preview/noderesult.ts'
import type { Result } from '../preview/results.ts'
import type { SourceContext, SourceNode, Split } from '../sdk/node.ts'
import { pathOf, type Walk } from './walk.ts'

/** Sources of so many bytes are taken along whole where a node needs all rows. */
export const mostBytes = 32 << 20
/** And so many rows where a model is on the way. */
const mostModelRows = 1000

/** What nodes make of all rows of a run: made once, when a node that needs them all is met. */
export class Whole {
  readonly #walk: Walk
  readonly #results = new Map<string, Result>()
  readonly #scopes: Scope[] = []

  constructor(walk: Walk) {
    this.#walk = walk
  }

  /** All rows that leave a node, in their order; or why they are not taken along. */
  async leaving(id: string): Promise<{ readonly rows: readonly Batch[] } | { readonly why: string }> {
    const { run } = this.#walk
    const above = this.#above(id)
    const why = this.#tooMuch(above) ?? (await this.#changed(above))
    if (why) return { why }
    for (const one of run.checked.order) if (above.has(one) && !this.#results.has(one)) await this.#make(one)
    const result = this.#results.get(id) as Result
    if ([...above].some((one) => this.#results.get(one)?.limited))
      return { why: 'there are too many rows to take them along' }
    return { rows: run.checked.nodes[id]?.ports.flatMap((port) => rowsOf(result, port)) ?? [] }
  }

  close(): void {
    for (const scope of this.#scopes.splice(0)) scope.close()
  }

  /** A node and all that leads to it. */
  #above(id: string): Set<string> {
    const above = new Set([id])
    for (const one of above)
      for (const { from } of this.#walk.run.checked.nodes[one]?.inputs ?? []) above.add(from.node)
    return above
  }

  #tooMuch(above: ReadonlySet<string>): string | null {
    const { run, nodes } = this.#walk
    const splits = run.splits.filter(({ source }) => above.has(source))
    const bytes = splits.reduce((sum, { split }) => sum + split.bytes, 0)
    const megabytes = (count: number) => `${Math.round(count / (1 << 20))} MB`
    if (bytes > mostBytes)
      return `its sources have ${megabytes(bytes)}, and only up to ${megabytes(mostBytes)} are taken along`
    const model = [...above].find((id) => nodes.get(id)?.kind === 'model')
    const rows = splits.reduce((sum, { split }) => sum + (split.rows ?? Number.POSITIVE_INFINITY), 0)
    if (model && rows > mostModelRows)
      return `all rows would go through ${model}, and only up to ${mostModelRows.toLocaleString('en')} are taken along`
    return null
  }

  /** Rows of files that are others now are not those of the run. */
  async #changed(above: ReadonlySet<string>): Promise<string | null> {
    const { run } = this.#walk
    const read = run.splits.filter(({ source }) => above.has(source)).flatMap(({ split }) => split.parts)
    const paths = new Set(read.map(({ path }) => path))
    const [change] = await changedFiles(
      run.files.filter(({ path }) => paths.has(path)),
      (path) => pathOf(run, path),
    )
    return change ? `${change.path} ${change.what}` : null
  }

  async #make(id: string): Promise<void> {
    const { checked } = this.#walk.run
    const node = checked.nodes[id] as CheckedNode
    const scope = new Scope(this.#walk.pool)
    this.#scopes.push(scope)
    const made =
      node.definition.kind === 'source' ? await this.#read(node, scope) : await resultOf(node, scope, this.#around())
    this.#results.set(id, { ...made, scope })
  }

  /** A source's rows as the run had them: of the same parts, up to the same limit. */
  async #read({ id, definition }: CheckedNode, scope: Scope): Promise<Omit<Result, 'scope'>> {
    const { run, nodes, options } = this.#walk
    const parts = run.splits.flatMap((one) => (one.source === id ? one.split.parts : []))
    const split: Split = { parts: parts.map(({ rows: _rows, ...part }) => part), bytes: 0 }
    const { limit } = run.plan.flow
    const node = nodes.get(id) as NodePlan
    const own = limit === null ? definition : limited(definition as SourceNode, limit)
    const left = await runAlone({ ...node, onError: 'reject' }, [], scope, {
      ...options(node),
      definition: own,
      split,
      ports: [''],
    })
    return {
      left: new Map([[id, left]]),
      rejected: [],
      counts: left.books,
      limited: left.cut,
      complete: true,
      bytes: 0,
    }
  }

  #around(): Around {
    const { run, signal, sessions } = this.#walk
    const { flow } = run.plan
    return {
      folder: flow.folder,
      now: flow.now,
      values: flow.values,
      signal,
      limits: { rows: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY },
      modelRows: Number.POSITIVE_INFINITY,
      sessions,
      results: this.#results as ReadonlyMap<string, Result>,
      schema: ({ from }) => {
        const node = run.checked.nodes[from.node] as CheckedNode
        return (from.port === 'rejects' ? node.rejects : node.output) as Schema
      },
      siblings: ({ from }) => flow.edges.filter((edge) => edge.from === from.node && edge.port === from.port).length,
    }
  }
}

function limited(source: SourceNode, limit: number): SourceNode {
  async function* read(context: SourceContext<unknown>): AsyncGenerator<Batch> {
    let left = limit
    for await (const batch of source.read(context as SourceContext<never>)) {
      if (left <= 0) return
      yield batch.rows > left ? batch.slice(0, left) : batch
      left -= batch.rows
    }
  }
  return { ...source, read }
}
