import type { CheckAnswer } from '@headrace/runtime/api'
import { editText, type Pipeline, setSetting } from '@headrace/runtime/pipeline'
import { api } from '../api/client.ts'
import { edit, useDocument } from './document.ts'
import { attempt, notify } from './notices.ts'
import { paramsAsked } from './params.ts'
import { words } from './words.ts'

const withoutPin = (pipeline: Pipeline, node: string): Pipeline => setSetting(pipeline, node, ['pin'], undefined)

/** Pins the columns that a source's files have now, whatever was pinned before. */
export async function pinColumns(node: string): Promise<void> {
  const { id, text, pipeline } = useDocument.getState()
  if (id === null || !pipeline) return
  const question = { pipeline: id, text: editText(text, pipeline, withoutPin(pipeline, node)), ...paramsAsked() }
  const answer = await attempt(words.notPinned, () => api.post<CheckAnswer>('check', question))
  const columns = answer?.nodes[node]?.output
  if (!answer) return
  if (!columns?.length) {
    const wrong = answer.problems.find(({ place, severity }) => place.node === node && severity === 'error')
    notify('failed', words.notPinned, { hint: wrong?.message ?? words.noColumnsYet })
    return
  }
  const pin = Object.fromEntries(columns.map(({ name, type }) => [name, type]))
  edit(words.pinned(node), (before) => setSetting(before, node, ['pin'], pin))
}

/** Takes the pin away: the columns are what the files have. */
export const unpinColumns = (node: string): void =>
  edit(words.unpinned(node), (before) => setSetting(withoutPin(before, node), node, ['onDrift'], undefined))
