import type { PageTests } from '../preview/messages.ts'
import type { PreviewWorld } from '../preview/preview.ts'
import type { TestsAnswer } from '../server/api/tests.ts'
import { describeTest } from './describe.ts'
import { readTests } from './find.ts'
import { runTests } from './run.ts'

/** Plays the tests beside a pipeline for the page, with what previews have open; null where there are none. */
export async function testsForPage(
  { file, text }: PageTests,
  world: PreviewWorld,
  signal: AbortSignal,
): Promise<TestsAnswer['tests'] | null> {
  const tests = await readTests(file)
  if (!tests) return null
  const results = await runTests({ file, text, tests, signal, world })
  return results.map((result) => ({
    name: result.name,
    ok: result.ok,
    took: Math.round(result.seconds * 1000),
    says: describeTest(result),
  }))
}
