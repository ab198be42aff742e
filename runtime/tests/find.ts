import { readFile } from 'node:fs/promises'
import type { Checked } from '../catalogue/check.ts'
import { HeadraceError, type Problem } from '../pipeline/problem.ts'
import { type ParsedTests, parseTests, testFileOf } from '../pipeline/tests/index.ts'
import { prepareTest } from './prepare.ts'
import { subjectFor } from './run.ts'

/** Reads the file of tests beside a pipeline; null where there is none. */
export async function readTests(
  pipeline: string,
): Promise<(ParsedTests & { readonly path: string; readonly text: string }) | null> {
  const path = testFileOf(pipeline)
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(path))
    return { ...parseTests(text, path), path, text }
  } catch (error) {
    if (error instanceof TypeError)
      throw new HeadraceError('not-utf8', 'the file of tests is not UTF-8', {
        place: { file: path },
        hint: 'Save it as UTF-8.',
      })
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null // what the file system throws
    throw error
  }
}

/** Everything that is wrong with the tests of a checked pipeline before one is played: the file, names, values. */
export async function checkTests(file: string, checked: Checked): Promise<Problem[]> {
  const tests = await readTests(file)
  if (!tests) return []
  const problems = [...tests.problems]
  const subject = await subjectFor({ file, text: checked.text }, new AbortController().signal, checked)
  for (const test of tests.file?.tests ?? []) {
    const prepared = await prepareTest(test, subject, tests.positions)
    prepared.remove()
    // What is wrong with the pipeline whatever is put in was said when the pipeline was checked.
    const known = (one: Problem) =>
      checked.problems.some(
        ({ code, message, place }) => code === one.code && message === one.message && place.node === one.place.node,
      )
    problems.push(...prepared.problems.filter((one) => !known(one)).map((one) => ofTest(one, test.name, tests.path)))
  }
  return problems
}

/** A problem that the pipeline has with what a test puts in says of which test it is. */
const ofTest = (problem: Problem, name: string, path: string): Problem =>
  problem.place.file === path ? problem : { ...problem, message: `in test "${name}": ${problem.message}` }
