import { createHash } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { isRecord } from '../../pipeline/shape.ts'
import type { Draft, DraftChange } from '../api/pipelines.ts'
import { writeWhole } from './atomic.ts'

/** Where a pipeline's draft is kept: among what is the server's own, out of git. */
const fileOf = (own: string, id: string): string => {
  const mark = createHash('sha256').update(id).digest('hex').slice(0, 16)
  return join(own, 'drafts', `${basename(id, '.json').slice(0, 60)}-${mark}.json`)
}

/** The draft of a pipeline; null where there is none. */
export async function readDraft(own: string, id: string): Promise<Draft | null> {
  const text = await readFile(fileOf(own, id), 'utf8').catch(() => null)
  if (text === null) return null
  try {
    const kept: unknown = JSON.parse(text)
    return isDraft(kept) ? kept : null
  } catch {
    return null
  }
}

function isDraft(value: unknown): value is Draft {
  if (!isRecord(value)) return false
  const { text, base, revision, client, at } = value
  return (
    typeof text === 'string' &&
    typeof base === 'string' &&
    typeof revision === 'number' &&
    typeof client === 'string' &&
    typeof at === 'number'
  )
}

/** Keeps a change as the draft. Revisions are times, one never comes twice: not after a draft was discarded either. */
export async function writeDraft(
  own: string,
  id: string,
  { text, base, client }: DraftChange,
  before: Draft | null,
): Promise<Draft> {
  const at = Date.now()
  const draft: Draft = { text, base, client, at, revision: Math.max(at, (before?.revision ?? 0) + 1) }
  await writeWhole(fileOf(own, id), JSON.stringify(draft), 0o600)
  return draft
}

/** Takes a draft away; whether there was one. */
export async function removeDraft(own: string, id: string): Promise<boolean> {
  const before = await readDraft(own, id)
  await rm(fileOf(own, id), { force: true })
  return before !== null
}
