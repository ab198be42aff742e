import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { Router } from 'express'
import { realPath } from '../../catalogue/pathguard.ts'
import { editTests, parseTests, testFileOf } from '../../pipeline/tests/index.ts'
import type { PreviewProcess } from '../../preview/index.ts'
import type { SavedTest, TestsAnswer } from '../api/tests.ts'
import { fieldsOf } from '../body.ts'
import type { ServerContext } from '../context.ts'
import { inTurn, writeWhole } from '../pipelines/atomic.ts'
import { fileOfId, idOfFile } from '../pipelines/ids.ts'
import type { PipelineStore } from '../pipelines/store.ts'
import { HttpRefusal } from '../refuse.ts'
import { countOf, paramsOf, textsOf } from '../runs/asked.ts'

const mostPutIn = 1000

/** `/tests`: rows in view become a test beside the pipeline; the tests that are there are run. */
export function testsRouter({ folder }: ServerContext, store: PipelineStore, previews: PreviewProcess): Router {
  const turn = inTurn()
  const router = Router()
  router.post('/tests', async (request, response) => {
    const asked = fieldsOf(request, { pipeline: 'text', text: 'text', name: 'text', put: 'text', expect: 'text' })
    const name = asked.name.trim()
    if (!name) throw new HttpRefusal(400, 'the test has no name', 'Say what it shows.')
    const { locked } = await store.read(asked.pipeline)
    if (locked) throw new HttpRefusal(409, locked)
    const file = fileOfId(folder, asked.pipeline)
    const rows = countOf(request, 'rows', mostPutIn)
    const identities = textsOf(request, 'identities').slice(0, mostPutIn)
    const params = paramsOf(request)
    const { text, put, expect } = asked
    const task = {
      file,
      text,
      name,
      put,
      expect,
      identities,
      ...(rows !== null && { rows }),
      ...(params && { params }),
    }
    const path = testFileOf(file)
    const saved = await turn(path, async (): Promise<SavedTest> => {
      const before = await readOwn(path)
      refuseName(before, name)
      const made = await previews.makeTest(task)
      const next = editTests(before, (tests) => [...tests, made.test])
      if (next === null) throw unreadable(path)
      await writeWhole(path, next)
      return { file: idOfFile(folder, path), name, put: made.put, expected: made.expected, chosen: made.chosen }
    })
    response.status(201).json(saved)
  })
  router.post('/tests/run', async (request, response) => {
    const { pipeline, text } = fieldsOf(request, { pipeline: 'text', text: 'text' })
    const file = fileOfId(folder, pipeline)
    const tests = await previews.tests({ file, text })
    const path = tests && idOfFile(folder, testFileOf(file))
    response.json({ file: path, tests: tests ?? [] } satisfies TestsAnswer)
  })
  return router
}

/** The text of the file of tests; '' where there is none. A link that leads out of the folder is refused. */
async function readOwn(path: string): Promise<string> {
  if (realPath(path) !== path)
    throw new HttpRefusal(403, `${basename(path)} leads out of the folder`, 'Headrace edits files in its folder alone.')
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '' // what the file system throws
    throw error
  }
}

function refuseName(text: string, name: string): void {
  if (!text.trim()) return
  const { file } = parseTests(text)
  if (file?.tests.some((one) => one.name === name))
    throw new HttpRefusal(409, `a test is called "${name}" already`, 'Give it another name.')
}

const unreadable = (path: string): HttpRefusal =>
  new HttpRefusal(409, `${basename(path)} holds no list of tests`, 'Mend it in a text editor: "tests" is a list.')
