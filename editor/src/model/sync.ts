import type { CheckAnswer, Draft, PipelineText } from '@headrace/runtime/api'
import { api, pathOf, Refused } from '../api/client.ts'
import { client } from '../api/socket.ts'
import { isDraft, openDocument, useDocument } from './document.ts'
import { attempt, notifyFailure } from './notices.ts'

let draftTimer = 0
let checkTimer = 0
let checking: AbortController | null = null

/** Keeps the server's draft and the check's answer up to date with the open pipeline; returns what ends it. */
export function followSync(): () => void {
  return useDocument.subscribe((now, before) => {
    if (now.id === null || (now.text === before.text && now.id === before.id)) return
    clearTimeout(checkTimer)
    checkTimer = window.setTimeout(() => void check(), 60)
    clearTimeout(draftTimer)
    if (now.id === before.id) draftTimer = window.setTimeout(() => void keepDraft(), 800)
  })
}

async function check(): Promise<void> {
  const { id, text } = useDocument.getState()
  checking?.abort()
  const control = (checking = new AbortController())
  try {
    const checked = await api.post<CheckAnswer>('check', { pipeline: id, text }, control.signal)
    if (!control.signal.aborted) useDocument.setState({ checked })
  } catch (error) {
    if (error instanceof Refused) notifyFailure('The pipeline was not checked', error)
  }
}

async function keepDraft(): Promise<void> {
  const { id, text, version, revision } = useDocument.getState()
  if (id === null || !isDraft(useDocument.getState())) return
  const draft = await attempt('The draft was not kept', () =>
    api.put<Draft>(`pipelines/${pathOf(id)}/draft`, { text, base: version, revision, client }),
  )
  if (draft && useDocument.getState().id === id) useDocument.setState({ revision: draft.revision })
}

/** Writes the file; false where that was refused. */
export async function saveDocument(): Promise<boolean> {
  const { id, text, version } = useDocument.getState()
  if (id === null) return false
  clearTimeout(draftTimer)
  const saved = await attempt('The pipeline was not saved', () =>
    api.put<PipelineText>(`pipelines/${pathOf(id)}`, { text, base: version, client }),
  )
  if (!saved) return false
  useDocument.setState({ saved: text, version: saved.version, revision: 0 })
  return true
}

/** Goes back to what the file says. */
export async function discardDraft(): Promise<void> {
  const { id } = useDocument.getState()
  if (id === null) return
  clearTimeout(draftTimer)
  await attempt('The draft was not discarded', async () => {
    await api.delete(`pipelines/${pathOf(id)}/draft`)
    openDocument(await api.get<PipelineText>(`pipelines/${pathOf(id)}`))
  })
}
