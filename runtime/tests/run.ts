import { probeCache } from '../catalogue/cache.ts'
import type { Checked } from '../catalogue/check.ts'
import { loadCatalogue } from '../catalogue/load.ts'
import { Pool } from '../memory/index.ts'
import { HeadraceError, type Problem } from '../pipeline/problem.ts'
import type { ParsedTests, PipelineTest } from '../pipeline/tests/index.ts'
import type { PreviewWorld } from '../preview/preview.ts'
import { Results } from '../preview/results.ts'
import { Sessions } from '../preview/sessions.ts'
import { type Difference, differences, type Found } from './compare.ts'
import { foundAt, play, type Stage } from './play.ts'
import { prepareTest, type Subject, subjectOf } from './prepare.ts'

/** How one test went. */
export interface TestResult {
  readonly name: string
  readonly ok: boolean
  readonly seconds: number
  /** What is wrong with the test, or with the pipeline on its way: it was not played. */
  readonly problems: readonly Problem[]
  readonly differences: readonly Difference[]
  /** What stopped the pipeline while it was played. */
  readonly error: Problem | null
  /** What was found, by where it was expected. */
  readonly found: { readonly [at: string]: Found }
}

/** A pipeline and its tests, read. */
export interface TestTask {
  readonly file: string
  readonly text: string
  readonly tests: ParsedTests
  /** Only tests whose name has this in it. */
  readonly only?: string
  readonly signal?: AbortSignal
  /** What a server's previews have open; without it everything is opened for the tests and closed after them. */
  readonly world?: PreviewWorld
}

const mostMemory = 1 << 30

/** Plays a pipeline's tests one after the other; a model is opened once for all. */
export async function runTests(
  task: TestTask,
  onResult: (result: TestResult) => void = () => {},
): Promise<TestResult[]> {
  const { world, signal = new AbortController().signal } = task
  const sessions = world?.sessions ?? new Sessions()
  const stage: Stage = { results: new Results(world?.results.pool ?? new Pool(mostMemory), 0), sessions, signal }
  const subject = await subjectFor(task, signal)
  const results: TestResult[] = []
  try {
    for (const test of chosen(task)) {
      const result = await runTest(test, subject, task.tests, stage)
      results.push(result)
      onResult(result)
      stage.results.trim()
    }
    return results
  } finally {
    stage.results.trim()
    if (!world) await sessions.close()
  }
}

/** What tests of a pipeline share: its checks and what its nodes found in their files. */
export async function subjectFor(
  { file, text, world }: Pick<TestTask, 'file' | 'text' | 'world'>,
  signal: AbortSignal,
  checked?: Checked,
): Promise<Subject> {
  const { guard } = world ?? {}
  const catalogue = world?.catalogue ?? (await loadCatalogue())
  const cache = world?.cache ?? probeCache()
  return subjectOf({ file, text, catalogue, cache, signal, ...(guard && { guard }) }, checked)
}

/** The tests that are asked for. */
export const chosen = ({ tests, only = '' }: Pick<TestTask, 'tests' | 'only'>): readonly PipelineTest[] =>
  (tests.file?.tests ?? []).filter(({ name }) => name.toLowerCase().includes(only.toLowerCase()))

async function runTest(
  test: PipelineTest,
  subject: Subject,
  { positions }: ParsedTests,
  stage: Stage,
): Promise<TestResult> {
  const prepared = await prepareTest(test, subject, positions)
  const nothing = { name: test.name, seconds: 0, problems: prepared.problems, differences: [], error: null, found: {} }
  try {
    if (!prepared.play) return { ...nothing, ok: false }
    const { scene, wants, now } = prepared.play
    const played = await play(scene, now, stage)
    const found = wants.map((want) => [want, foundAt(want, played)] as const)
    const list = found.flatMap(([want, there]) => differences(want, there))
    const byPlace = Object.fromEntries(found.map(([{ spot }, there]) => [spot.at, there]))
    return { ...nothing, ok: list.length === 0, seconds: played.seconds, differences: list, found: byPlace }
  } catch (error) {
    if (!(error instanceof HeadraceError)) throw error
    const { code, message, hint, place } = error
    return { ...nothing, ok: false, error: { severity: 'error', code, message, ...(hint && { hint }), place } }
  } finally {
    prepared.remove()
  }
}
