import type { RunTests, TestsAnswer } from '@headrace/runtime/api'
import { api } from '../../api/client.ts'
import { useDocument } from '../../model/document.ts'
import { attempt, notify } from '../../model/notices.ts'
import { words } from './words.ts'

/** Lines of a failed test that a notice has room for. */
const mostLines = 12

/** Runs the tests beside the pipeline, on the text as it is drawn, and says how they went. */
export async function runTests(): Promise<void> {
  const { id, text } = useDocument.getState()
  if (id === null) return
  const away = notify('warning', words.running)
  const answer = await attempt(words.notRun, () =>
    api.post<TestsAnswer>('tests/run', { pipeline: id, text } satisfies RunTests),
  )
  away()
  if (!answer) return
  const failed = answer.tests.filter(({ ok }) => !ok)
  if (answer.file === null || answer.tests.length === 0) notify('warning', words.none, { hint: words.noneHint })
  else if (failed.length === 0) notify('done', words.passed(answer.tests.length))
  else {
    const lines = failed.flatMap(({ says }) => says.split('\n'))
    const shown = lines.slice(0, mostLines).join('\n')
    const rest = lines.length > mostLines ? `\n${words.more(answer.file.replace(/\.test\.json$/, '.json'))}` : ''
    notify('failed', words.failed(failed.length, answer.tests.length), { hint: shown + rest })
  }
}
