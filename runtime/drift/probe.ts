import { typeName } from '../pipeline/types.ts'
import type { Drift, Header, Json, ProbeContext, Report, SourceFile, SourceNode, SourceProbe } from '../sdk/node.ts'
import { compare, type Difference, inWords, namesOnly } from './compare.ts'
import type { Pin } from './pin.ts'
import { type PinnedData, readsTexts } from './runs.ts'

/** So many differences are said one by one. */
const mostSaid = 20

/** Looks at the header of every file and compares it with the pinned columns, before a row is read. */
export async function probePinned(
  source: SourceNode<never>,
  pin: Pin,
  context: ProbeContext<never>,
): Promise<SourceProbe> {
  const texts = readsTexts(source as unknown as SourceNode)
  const headers = (await source.headers?.(context)) ?? null
  const said = new Said(context.report, new Set(pin.columns.map(({ name }) => name)))
  const runs: SourceProbe[] = []
  for (const only of texts || !headers ? [null] : runsOf(headers)) {
    context.signal.throwIfAborted()
    const about = { ...context, report: said.report, ...(only && { only: (path: string) => only.has(path) }) }
    runs.push(await source.probe(texts ? typed(about, pin, headers) : about))
  }
  const files = runs.flatMap((run) => run.files)
  const differences = comparable(headers, runs, texts).flatMap((header) => compare(pin, header))
  report(differences, pin, context.report)
  const drift = differences.map(({ bad: _bad, ...one }): Drift => one)
  const [first] = runs
  const rows = runs.every((run) => run.rows !== undefined) ? runs.reduce((sum, run) => sum + (run.rows ?? 0), 0) : null
  return {
    columns: pin.columns,
    files,
    ...(first?.detected && { detected: first.detected }),
    ...(rows !== null && { rows }),
    ...(drift.length && { drift }),
    data: { runs } satisfies PinnedData as unknown as Json, // a probe is plain JSON
  }
}

/** With the pinned types as the source's own setting, for the columns that some file has. */
function typed(context: ProbeContext<never>, { columns }: Pin, headers: readonly Header[] | null): ProbeContext<never> {
  const there = headers && new Set(headers.flatMap((header) => header.columns.map(({ name }) => name)))
  const pinned = columns.filter(({ name }) => there?.has(name) ?? true)
  const config = context.config as { readonly types?: unknown }
  const given = typeof config.types === 'object' && config.types !== null ? config.types : {}
  const types = { ...given, ...Object.fromEntries(pinned.map(({ name, type }) => [name, typeName(type)])) }
  return { ...context, pinned, config: { ...config, types } as never }
}

/** Files that follow one another and have the same columns; their order does not matter. */
function runsOf(headers: readonly Header[]): (ReadonlySet<string> | null)[] {
  const runs: Set<string>[] = []
  let before: string | null = null
  for (const { path, columns } of headers) {
    const key = JSON.stringify(columns.map(({ name, type }) => [name, type && typeName(type)]).sort())
    if (key === before) runs.at(-1)?.add(path)
    else runs.push(new Set([path]))
    before = key
  }
  return runs.length < 2 ? [null] : runs
}

/** The headers as they are compared: with what the source makes of them (partitions, chosen columns). */
function comparable(headers: readonly Header[] | null, runs: readonly SourceProbe[], texts: boolean): Header[] {
  if (headers && texts) {
    const [run] = runs
    const more = run?.partitions ?? []
    const others = (own: Header['columns']) => more.filter(({ name }) => !own.some((one) => one.name === name))
    return headers.map(({ path, columns }) => ({ path, columns: [...columns, ...others(columns)] }))
  }
  return runs.flatMap(({ files, columns }): Header[] => {
    const [file] = files as readonly SourceFile[]
    if (!file && headers) return []
    return [{ path: file?.path ?? '', columns: texts ? namesOnly(columns) : columns }]
  })
}

function report(differences: readonly Difference[], { adapt }: Pin, say: Report): void {
  const seen = new Map<string, Difference[]>()
  for (const one of differences) {
    const key = JSON.stringify([one.column, one.what, one.expected, one.found])
    seen.set(key, [...(seen.get(key) ?? []), one])
  }
  const all = [...seen.values()].sort(([a], [b]) => Number(b?.bad) - Number(a?.bad))
  for (const [first, ...more] of all.slice(0, mostSaid)) {
    if (!first) continue
    const others = more.length ? `, and ${more.length} more ${more.length === 1 ? 'file' : 'files'} alike` : ''
    say({
      severity: first.bad ? 'error' : 'warning',
      code: 'drift',
      message: `${inWords(first)}${others}.`,
      hint: first.bad ? adviceOn(first, adapt) : borne[first.what],
      setting: first.what === 'new' ? 'pin' : `pin.${first.column}`,
      column: first.column,
    })
  }
  if (all.length <= mostSaid) return
  const severity = all.some(([one]) => one?.bad) ? 'error' : 'warning'
  say({
    severity,
    code: 'drift',
    message: `${all.length - mostSaid} more columns differ from what is pinned.`,
    setting: 'pin',
  })
}

const borne: Readonly<Record<Drift['what'], string>> = {
  missing: 'It is null in these rows.',
  new: 'It is left out.',
  widened: 'Its values are read as the pinned type.',
  type: '',
}

function adviceOn({ what }: Difference, adapt: boolean): string {
  if (what === 'type') return 'Correct the file, or pin the columns anew.'
  const can = { missing: 'reads it as null', new: 'leaves it out', widened: 'widens it' }[what]
  return adapt ? 'Pin the columns anew.' : `Set onDrift to "adapt", which ${can}, or pin the columns anew.`
}

/** Passes on what the source reports of each run, once; what it says of types that were pinned goes to the pin. */
class Said {
  readonly #seen = new Set<string>()
  readonly report: Report

  constructor(say: Report, pinned: ReadonlySet<string>) {
    this.report = (problem) => {
      const [, name] = /^types\.(.*)$/s.exec(problem.setting ?? '') ?? []
      const ours = name !== undefined && pinned.has(name)
      // A pinned column that the sample does not show is for the comparison to say.
      if (ours && problem.code === 'unknown-column') return
      const one = ours ? { ...problem, setting: `pin.${name}` } : problem
      const key = JSON.stringify(one)
      if (this.#seen.has(key)) return
      this.#seen.add(key)
      say(one)
    }
  }
}
