import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { type Checked as CheckedPipeline, checkPipeline } from '../pipeline/check.ts'
import type { Described } from '../pipeline/described.ts'
import { parsePipeline } from '../pipeline/document.ts'
import type { Pipeline } from '../pipeline/model.ts'
import { applySet } from '../pipeline/overrides.ts'
import { constantsOf } from '../pipeline/params/constants.ts'
import { noValues, type RunValues } from '../pipeline/params/resolve.ts'
import { lineOf } from '../pipeline/positions.ts'
import type { Problem } from '../pipeline/problem.ts'
import type { ProbeCache } from './cache.ts'
import { loadDefinitions } from './definitions.ts'
import { describeAll } from './describe.ts'
import type { Catalogue } from './load.ts'
import { memoryProblem } from './memory.ts'
import { fillParams, type ParamOptions } from './params.ts'
import type { PathGuard } from './pathguard.ts'
import { probeNodes } from './probe.ts'
import { scheduleProblems } from './schedule.ts'

export interface CheckOptions extends ParamOptions {
  /** Overrides, as `--set` takes them: `node.setting=value`. */
  readonly set?: readonly string[]
  readonly signal?: AbortSignal
  /** The pipeline as it stands in a draft, in place of the file's text. */
  readonly text?: string
  readonly catalogue?: Catalogue
  readonly cache?: ProbeCache
  /** Folders outside of which nothing is looked at. */
  readonly guard?: PathGuard
  /** Whether sinks keep the rows' identities as a column; left out: as the pipeline's settings say. */
  readonly lineage?: boolean
  /** Bytes for rows on their way where the run says so; left out: as the pipeline's settings say, or the default. */
  readonly memory?: number | null
  /** Check without the data: what is pinned is what sources give. */
  readonly noData?: boolean
}

/** A pipeline's file, checked: what `headrace check`, `plan` and `run` start from. */
export interface Checked extends CheckedPipeline {
  /** With the overrides applied, parameters as they are written; null where the file could not be read at all. */
  readonly pipeline: Pipeline | null
  /** The pipeline's folder, absolute: relative paths in settings start here. */
  readonly folder: string
  /** The file's text. */
  readonly text: string
  /** What its parameters are; the nodes' settings have them in place. */
  readonly values: RunValues
}

/** Reads a pipeline's file, lets its nodes look at their files, and finds all problems at once. */
export async function checkFile(path: string, options: CheckOptions = {}): Promise<Checked> {
  const folder = dirname(resolve(path))
  const nothing = {
    nodes: {},
    order: [],
    edges: [],
    prepared: new Map(),
    bypassed: none,
    off: none,
    lacking: [],
    folder,
    values: noValues,
  }
  const text = options.text ?? (await readText(path))
  if (typeof text !== 'string') return { ...nothing, pipeline: null, problems: [text], text: '' }
  const parsed = parsePipeline(text, path)
  if (!parsed.pipeline) return { ...nothing, pipeline: null, problems: parsed.problems, text }
  const { pipeline, problems: unset, set } = override(parsed.pipeline, options.set ?? [])
  const { signal, cache, guard, noData } = options
  const lineage = options.lineage ?? pipeline.settings.lineage
  const { definitions, problems: unloaded, known } = await loadDefinitions(pipeline, folder, options.catalogue, guard)
  const { positions } = parsed
  const filled = fillParams(pipeline, definitions, positions, options)
  const { values, written } = filled
  const found = await probeNodes({ pipeline: filled.known, definitions, folder, signal, cache, guard, noData })
  const probes = { ...found, ...filled.probes }
  const constants = constantsOf(values)
  const question = { pipeline: filled.pipeline, definitions, probes, positions, known, constants, lineage, written }
  const check = (described: Described) => checkPipeline({ ...question, described })
  const checked = await describeAll(check, signal)
  const located = unloaded.map(({ place, ...problem }) => ({
    ...problem,
    place: place.node ? { ...place, file: path, ...lineOf(positions, ['nodes', place.node, 'type']) } : place,
  }))
  const own = checked.problems.filter((problem) => !filled.follows(problem))
  const unscheduled = await scheduleProblems(pipeline, positions)
  const lacking = memoryProblem(checked, pipeline, options.memory ?? null, positions)
  const all = [
    ...parsed.problems,
    ...(lacking ? [lacking] : []),
    ...filled.problems,
    ...unset,
    ...unscheduled,
    ...located,
  ]
  const problems = [...all, ...own.map((problem) => fromOverride(problem, set))]
  return { ...checked, problems, pipeline, folder, text, values }
}

const none: ReadonlySet<string> = new Set()

async function readText(path: string): Promise<string | Problem> {
  try {
    const bytes = await readFile(path)
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (error) {
    const place = { file: path }
    if (error instanceof TypeError) {
      return { severity: 'error', code: 'not-utf8', message: 'the file is not UTF-8', hint: 'Save it as UTF-8.', place }
    }
    const { code, message } = error as NodeJS.ErrnoException // what the file system throws
    if (code === 'ENOENT') {
      const hint = 'Check the path; it is relative to the current folder.'
      return { severity: 'error', code: 'missing-file', message: 'there is no such pipeline file', hint, place }
    }
    if (code === 'EISDIR') {
      const hint = 'Name the file in it, for example pipeline.json.'
      return { severity: 'error', code: 'missing-file', message: 'this is a folder, not a pipeline file', hint, place }
    }
    return { severity: 'error', code: 'unreadable-file', message: `the file cannot be read: ${message}`, place }
  }
}

interface Set {
  readonly node: string
  readonly setting: string
}

function override(pipeline: Pipeline, texts: readonly string[]) {
  const problems: Problem[] = []
  const set: Set[] = []
  for (const text of texts) {
    const applied = applySet(pipeline, text)
    pipeline = applied.pipeline
    problems.push(...applied.problems)
    if (applied.set) set.push(applied.set)
  }
  return { pipeline, problems, set }
}

/** What is wrong with an overridden setting does not stand in the file: it names no line. */
function fromOverride(problem: Problem, set: readonly Set[]): Problem {
  const { node, setting = '', span, file: _file, line: _line, position: _position, ...place } = problem.place
  if (!set.some((one) => one.node === node && `${setting}.`.startsWith(`${one.setting}.`))) return problem
  return {
    ...problem,
    hint: `${problem.hint ? `${problem.hint} ` : ''}It comes from --set.`,
    place: { ...place, ...(node && { node }), setting, ...(span && { span }) },
  }
}
