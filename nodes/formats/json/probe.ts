import {
  type Header,
  nearest,
  type ProbeContext,
  parseType,
  type Report,
  type SourceFile,
  type SourceProbe,
} from '@headrace/runtime/sdk'
import { findFiles } from '../files.ts'
import { headersOf } from '../headers.ts'
import type { Form } from './found.ts'
import { type JsonProbe, type Plan, type PlanField, planFields, planFor } from './plan.ts'
import { Records } from './records.ts'
import { Scanner } from './scanner.ts'
import { fieldsOf, learn, newShape, planOf, type Shape } from './shape.ts'

const sampleRows = 10_000
const sampleBytes = 8 << 20
const mostFiles = 64

/** The settings of a JSON source that say what its columns are. */
export interface JsonSettings {
  readonly path: string | readonly string[]
  readonly types?: Readonly<Record<string, string>>
}

/** Finds the files and learns the columns from a sample of their rows, spread over the files. */
export async function probeJson(context: ProbeContext<JsonSettings>): Promise<SourceProbe> {
  const { config, report } = context
  const files = await findFiles({ ...context, path: config.path })
  const sample = newSample()
  const some = files.filter(({ size }) => size > 0).slice(0, mostFiles)
  for (const file of some) await sampleFile(context, file, sample, some.length)
  const { rows } = sample
  if (sample.read > 0 && sample.read === sample.broken) {
    report({
      code: 'bad-json',
      message: `none of the first ${sample.read} rows is JSON; the first: ${sample.firstBroken}.`,
      hint: 'A row is one line, or one item of an array that is the whole file.',
      setting: 'path',
    })
  }
  // A bare `null` is a row too, but says nothing about the others.
  const bare = !rows.fields && !rows.emptyObject && sample.read > sample.broken
  const mixed: string[] = []
  const learned = bare
    ? [{ name: 'value', plan: planOf(rows, 'value', mixed) }]
    : fieldsOf(rows.fields ?? new Map(), '', mixed)
  const columns = withTypes(learned, config.types ?? {}, report)
  const open = mixed.filter((path) => config.types?.[path.split(/[.[]/)[0] as string] === undefined)
  if (open.length > 0) {
    report({
      code: 'mixed-types',
      severity: 'warning',
      message: `${open.length === 1 ? 'a column holds' : 'columns hold'} values of several types and is read as text: ${open.slice(0, 10).join(', ')}${open.length > 10 ? ` and ${open.length - 10} more` : ''}.`,
      hint: 'Name the type that a column must have in "types"; values of another are rejected then.',
      setting: 'types',
    })
  }
  const data: JsonProbe = { columns, bare }
  return {
    columns: planFields(columns),
    files,
    detected: { form: sample.form === 'array' ? 'one array' : 'one row a line', 'rows sampled': String(sample.read) },
    // A cast: plain objects and arrays of them are JSON, which an interface cannot show.
    data: data as unknown as NonNullable<SourceProbe['data']>,
  }
}

/** The names in the first rows of every file, for a source whose columns are pinned: their types are as they are read. */
export async function jsonHeaders({ config, ...context }: ProbeContext<JsonSettings>): Promise<Header[]> {
  const files = await findFiles({ ...context, path: config.path, report: () => {} })
  const full = files.filter(({ size }) => size > 0)
  return await headersOf(full, context, async (file) => {
    const sample = newSample()
    await sampleFile({ ...context, config }, file, sample, Math.min(mostFiles, full.length))
    const { fields } = sample.rows
    return Array.from(fields?.keys() ?? [], (name) => ({ name, type: null }))
  })
}

interface Sample {
  readonly rows: Shape
  read: number
  broken: number
  firstBroken: string
  form: Form
}

const newSample = (): Sample => ({ rows: newShape(), read: 0, broken: 0, firstBroken: '', form: 'lines' })

async function sampleFile(
  context: ProbeContext<JsonSettings>,
  file: SourceFile,
  sample: Sample,
  files: number,
): Promise<void> {
  const path = context.resolve(file.path)
  const form = await formOf(path, file)
  if (sample.read === 0) sample.form = form
  const range = { form, start: 0, end: file.size, line: 1, last: true }
  const records = await Records.open(path, file.path, range, { chunkBytes: 256 << 10, maxRowBytes: sampleBytes })
  const scanner = new Scanner()
  let left = Math.ceil(sampleRows / files)
  try {
    const most = Math.ceil(sampleBytes / files)
    while (left > 0 && records.place < most && (await records.take(Math.min(left, 1024), 256 << 10))) {
      context.signal.throwIfAborted()
      const { count, starts, ends, lines, wrong } = records.found
      left -= count
      for (let row = 0; row < count; row++) {
        sample.read++
        scanner.begin(records.bytes, starts[row] as number, ends[row] as number)
        const shape = sample.rows
        if (!wrong.has(row) && learn(scanner, shape) && scanner.ended()) continue
        sample.broken++
        sample.firstBroken ||= `${file.path} line ${lines[row]}: ${wrong.get(row)?.message ?? scanner.misread?.message}`
      }
    }
  } finally {
    await records.close()
  }
}

const firstBytes = 1 << 20

/** Whether a file is one array, or holds one row a line (which may be arrays). */
export async function formOf(path: string, { path: name, size }: SourceFile): Promise<Form> {
  const range = { form: 'lines', start: 0, end: Math.min(size, firstBytes), line: 1, last: true } as const
  const records = await Records.open(path, name, range, { chunkBytes: 64 << 10, maxRowBytes: firstBytes })
  try {
    if (!(await records.take(2, firstBytes))) return 'lines'
    const { count, starts, ends } = records.found
    if (records.bytes[starts[0] as number] !== 91) return 'lines'
    const scanner = new Scanner()
    const isValue = (row: number): boolean => {
      scanner.begin(records.bytes, starts[row] as number, ends[row] as number)
      return scanner.skipValue() && scanner.ended()
    }
    return count > 1 && isValue(0) && isValue(1) ? 'lines' : 'array'
  } finally {
    await records.close()
  }
}

/** Puts the types of the setting in the place of what was learned. */
function withTypes(
  learned: readonly PlanField[],
  types: Readonly<Record<string, string>>,
  report: Report,
): PlanField[] {
  const plans = new Map<string, Plan>(learned.map(({ name, plan }) => [name, plan]))
  for (const [name, text] of Object.entries(types)) {
    const type = parseType(text)
    const setting = `types.${name}`
    if (!type) {
      report({
        code: 'unknown-type',
        message: `"${text}" is no type.`,
        hint: 'Types are written like int64, float64, bool, string, date, timestamp, decimal(10, 2), list<string>.',
        setting,
      })
      continue
    }
    if (learned.length > 0 && !plans.has(name)) {
      const near = nearest(name, plans.keys())
      report({
        code: 'unknown-column',
        severity: 'warning',
        message: `no row of the sample has "${name}".`,
        ...(near && { hint: `Did you mean "${near}"?` }),
        setting,
      })
    }
    plans.set(name, planFor(type))
  }
  return Array.from(plans, ([name, plan]) => ({ name, plan }))
}
