import { stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import {
  type Json,
  type OpenSink,
  type ProbeContext,
  type Receipt,
  type Report,
  readBytes,
  realDisk,
  type Schema,
  type SinkOpenContext,
  type SinkWriteContext,
  Type,
} from '@headrace/runtime/sdk'
import type { Range } from './output/disk.ts'
import { openPartFolder } from './output/folder.ts'
import { checkPartitions } from './output/partition.ts'
import { oldParts, partsIn } from './output/parts.ts'
import { type PartFormat, stageSegments } from './output/segments.ts'
import { alreadyThere, openSingleFile } from './output/single.ts'

export { type Range, type StagedPart, stagePart } from './output/disk.ts'
export type { PartFormat, WriteBytes } from './output/segments.ts'

/** Bytes to add to a single file, and what must be known to go on from there. */
export interface Assembly {
  /** Literal bytes and ranges of other files, in order. */
  readonly pieces: readonly (Uint8Array | Range)[]
  /** Small JSON: it goes to the ledger with each commit. */
  readonly state: Json
  /** What grows with the file (a footer's entries) is added to a file beside it, and `end` gets it whole. */
  readonly side?: Uint8Array
}

/** How a format puts parts together to one file, nothing re-encoded. Each function may be called again after a crash. */
export interface Assembler {
  /** The head of a new file; or the content of `existing`, an older file of the format, without its footer. */
  readonly begin: (existing: string | null, schema: Schema) => Promise<Assembly>
  /** The rows of a part, a complete file of the format inside of a file; they will begin at byte `position`. */
  readonly append: (part: Range, state: Json, position: number) => Promise<Assembly>
  /** The footer; it will begin at byte `position`. `side`: all that was added as `side`, in order. */
  readonly end: (state: Json, side: Uint8Array, position: number) => Promise<Uint8Array>
}

/** The settings of every sink that writes files. */
export const outputSettings = (ending: string) => ({
  path: Type.String({
    format: 'path',
    minLength: 1,
    description: `The file to write, or where it ends in "/" a folder for parts, which end in ${ending}.`,
    examples: [`out/rows${ending}`, 'out/rows/'],
  }),
  partSize: Type.Optional(
    Type.Union([Type.Integer({ minimum: 1 }), Type.String()], {
      default: '128MB',
      description: 'How large the parts of a folder become, as written: bytes, or a text like "128MB" or "1GiB".',
      examples: ['1GB'],
    }),
  ),
  partitionBy: Type.Optional(
    Type.Array(Type.String(), {
      format: 'columns',
      description:
        'Columns by whose values rows go to folders of their own, country=de/day=2026-01-01/, as Hive, Spark and DuckDB read them. They stand in the folders’ names and not in the files.',
      examples: [['country', 'day']],
    }),
  ),
  ifExists: Type.Optional(
    Type.Union([Type.Literal('fail'), Type.Literal('replace'), Type.Literal('append')], {
      default: 'fail',
      description: 'What to do where the output exists: stop before the run, put a new one in its place, or add to it.',
    }),
  ),
})

export interface OutputConfig {
  readonly path: string
  readonly ifExists?: 'fail' | 'replace' | 'append'
  readonly partSize?: number | string
  readonly partitionBy?: readonly string[]
}

export type OutputContext = SinkOpenContext<OutputConfig>

const isFolder = (path: string): boolean => path.endsWith('/')

/** Opens the output: one file put together in source order, or a folder of parts where `path` ends in "/". */
export async function openFileOutput(
  context: OutputContext,
  options: { readonly ending: string; readonly assembler: Assembler },
): Promise<OpenSink> {
  const path = context.resolve(context.config.path)
  if (!isFolder(context.config.path)) return openSingleFile(context, path, options.assembler)
  return openPartFolder(context, path, { ...options, partSize: partBytes(context.config) })
}

/** Stages a split's rows in a lane: for one file, or for the parts of a folder. */
export async function writeFileOutput<C extends OutputConfig>(
  context: SinkWriteContext<C>,
  format: PartFormat,
): Promise<Receipt> {
  const { partitionBy = [], path } = context.config
  // The commit of a single file copies what is staged; that of a folder lists it, or gives it its place.
  const lasting = isFolder(path)
  const partSize = lasting ? partBytes(context.config) : Number.POSITIVE_INFINITY
  return await stageSegments(context, format, { partSize, partitionBy, lasting })
}

/** Reports settings of a folder's parts that do not fit the columns. */
export function checkParts(config: OutputConfig, input: Schema, report: Report): void {
  checkPartitions(config, input, report)
  if (config.partSize === undefined || readBytes(config.partSize) !== null) return
  const message = `"${config.partSize}" is no size.`
  report({ code: 'wrong-form', message, hint: 'Write bytes, or a text like "128MB".', setting: 'partSize' })
}

const usualPart = 128e6

/** The size of a folder's parts. */
export const partBytes = ({ partSize }: OutputConfig): number => readBytes(partSize ?? usualPart) ?? usualPart

/** The receipt of a split whose rows lie in one staged part; none where it has no rows. */
export function splitReceipt(splitIndex: number, rows: number, bytes: number, file: string): Receipt {
  return { rows, bytes, files: rows ? [file] : [], data: { split: splitIndex } }
}

/** Reports an output that cannot be written as the settings say. A sink gives this as (part of) its `probe`. */
export async function probeOutput(context: ProbeContext<OutputConfig>, ending: string): Promise<null> {
  const { config, report } = context
  const path = context.resolve(config.path)
  // A file's name with a slash behind it is none to the system, which then says that nothing is there.
  const found = await stat(path.replace(/[/\\]+$/, '')).catch(() => null)
  const problem = (code: string, message: string, hint: string) => report({ code, message, hint, setting: 'path' })
  if (!found) {
    const parent = await stat(dirname(path)).catch(() => null)
    if (parent && !parent.isDirectory()) {
      problem('not-a-folder', `${dirname(path)} is a file, so nothing can be written below it.`, 'Choose another path.')
    }
    return null
  }
  if (found.isDirectory() !== isFolder(config.path)) {
    if (found.isDirectory())
      problem('is-a-folder', `${path} is a folder.`, 'End the path in "/" to write parts into it.')
    else problem('not-a-folder', `${path} is a file.`, 'Leave the "/" at the end out to write one file.')
    return null
  }
  const parts = found.isDirectory() ? await partsIn(realDisk, path, ending) : []
  if (found.isDirectory() && parts.length === 0) return null
  if ((config.ifExists ?? 'fail') === 'fail') {
    const { code, message, hint } = alreadyThere(path)
    const count = parts.length ? ` It holds ${parts.length} ${ending} files.` : ''
    report({ code, message: message + count, ...(hint && { hint }), setting: 'path' })
  }
  const foreign = parts.find((name) => !oldParts([basename(name)], ending).length)
  if (config.ifExists === 'replace' && foreign) {
    problem(
      'output-has-others',
      `${path} holds ${foreign}, which is no part that a run wrote; replacing the output would leave it in between.`,
      'Move that file away, or choose another folder.',
    )
  }
  return null
}
