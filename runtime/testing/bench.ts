import { isAbsolute, join } from 'node:path'
import { checkExpression, compileExpression } from '../expression/index.ts'
import { type Batch, type Failure, Pool, type Scope } from '../memory/index.ts'
import type { Problem } from '../pipeline/problem.ts'
import type { Schema } from '../pipeline/schema.ts'
import type { Json, Report, RunContext } from '../sdk/node.ts'

export type Row = Record<string, unknown>

/** A rejected row as the harness shows it. */
export interface Rejected {
  readonly identity: string
  readonly code: string
  readonly message: string
  readonly column?: string
  readonly row: Row
}

/** Where a node runs in a test: a folder for its paths, a pool of its own. */
export class Bench {
  readonly folder: string
  readonly pool = new Pool(1 << 30)
  readonly problems: Problem[] = []
  readonly counts: Record<string, number> = {}
  readonly signal = new AbortController().signal

  constructor(folder = '.') {
    this.folder = folder
    this.pool.poison = true
  }

  resolve = (path: string): string => (isAbsolute(path) ? path : join(this.folder, path))

  report: Report = ({ setting, severity = 'error', ...problem }) => {
    this.problems.push({ severity, ...problem, place: { node: 'test', ...(setting && { setting }) } })
  }

  context<C>(config: C, scope: Scope): RunContext<C> {
    return {
      config,
      node: 'test',
      folder: this.folder,
      resolve: this.resolve,
      scope,
      signal: this.signal,
      now: new Date('2026-01-02T03:04:05Z'),
      runId: 'test',
      log: () => {},
      count: (name, rows) => {
        this.counts[name] = (this.counts[name] ?? 0) + rows
      },
      expression: (text, input, wanted) =>
        compileExpression(text, input, { wanted, now: new Date('2026-01-02T03:04:05Z') }),
    }
  }

  probeContext<C>(config: C) {
    return {
      config,
      node: 'test',
      folder: this.folder,
      resolve: this.resolve,
      report: this.report,
      signal: this.signal,
    }
  }

  columnsContext<C>(config: C, input: Schema, probe: Json) {
    return {
      config,
      input,
      probe,
      report: this.report,
      expression: (text: string, against: Schema, wanted?: 'bool', at?: string) => {
        const checked = checkExpression(text, against, { wanted })
        if ('type' in checked) return checked.type
        this.report({ code: checked.code, message: checked.message, ...(at && { setting: at }) })
        return null
      },
    }
  }
}

/** A rejected batch's rows with their reasons. */
export function describe(batch: Batch, failures: readonly Failure[]): Rejected[] {
  return failures.map(({ code, message, column }, row) => ({
    identity: batch.identity.text(row),
    code,
    message,
    ...(column && { column }),
    row: batch.row(row),
  }))
}
