import { rmSync, utimesSync } from 'node:fs'
import { type Report, startRun } from '@headrace/runtime'
import { Workplace } from '../workplace.ts'

type Options = Parameters<typeof startRun>[0]
type Only = NonNullable<Options['only']>

/** A folder of CSV files that a pipeline adds to one file, night after night. */
export class Nights extends Workplace {
  readonly file: string

  constructor(out: object = {}, middle: Record<string, [type: string, config?: object]> = {}) {
    super()
    this.file = this.draw(out, middle)
  }

  /** Writes the pipeline: the files in `in`, what is between, and an output. */
  draw(out: object = {}, middle: Record<string, [type: string, config?: object]> = {}, source: object = {}): string {
    const between = Object.keys(middle)
    const way = ['in', ...between, 'out']
    return this.pipeline(
      {
        in: ['sources/csv', { path: 'in/*.csv', ...source }],
        ...middle,
        out: ['sinks/ndjson', { path: 'out.ndjson', ...out }],
      },
      way.slice(1).map((to, i) => [way[i] as string, to] as const),
    )
  }

  /** A file with one row a number. */
  put(name: string, ...numbers: number[]): void {
    this.write(`in/${name}.csv`, `n,text\n${numbers.map((n) => `${n},text ${n}\n`).join('')}`)
  }

  take(name: string): void {
    rmSync(this.path(`in/${name}.csv`))
  }

  touch(name: string): void {
    const later = new Date(Date.now() + 60_000)
    utimesSync(this.path(`in/${name}.csv`), later, later)
  }

  /** A run over what is new; what `headrace run --new --json` prints. */
  async night(only: Partial<Only> = {}, options: Partial<Options> = {}) {
    const started = await startRun({ file: this.file, only: { new: true, ...only }, ...options })
    const report = started.idle ?? (await started.running?.done)
    if (!report) throw new Error(started.problems.map(({ message }) => message).join('; '))
    return { ...report, warnings: started.problems.map(({ code }) => code) }
  }

  stored(name = 'out.ndjson'): number[] {
    return this.rows(name).map(({ n }) => Number(n))
  }
}

type Counts = Pick<Report, 'filesNew' | 'filesChanged' | 'filesAgain' | 'filesSkipped' | 'filesGone'>

/** The counts of files in a report, as one text: new, changed, done again, skipped, gone. */
export const files = (report: Partial<Counts>): string =>
  [report.filesNew, report.filesChanged, report.filesAgain, report.filesSkipped, report.filesGone].join(' ')
