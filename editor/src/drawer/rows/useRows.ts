import type { RowsPage } from '@headrace/runtime/api'
import { nodeKind, type Pipeline } from '@headrace/runtime/pipeline'
import { useEffect, useState } from 'react'
import { useDocument } from '../../model/document.ts'
import { useLive } from '../../model/live.ts'
import { usePreview } from '../../model/preview.ts'
import { feeders } from '../../model/reach.ts'
import { useRowsChoice } from '../../model/rowschoice.ts'
import { when } from '../../style/numbers.ts'
import type { Shown } from '../shown.ts'
import { words } from '../words.ts'
import { useKeptRows } from './useKeptRows.ts'
import { useLatestRows } from './useLatestRows.ts'

/** The rows of the edge that is shown, where they are from, and what to say where there are none. */
export interface ShownRows {
  readonly page: RowsPage | null
  readonly from: 'live' | 'run' | 'preview'
  /** Beside the edge's name: `latest 200 of 2,502 rows`. */
  readonly says: string
  /** In place of the rows. */
  readonly empty: string
  /** The run that the rows are of; null: the preview's. */
  readonly run: string | null
  /** There are both a run and a preview to choose from. */
  readonly both: boolean
  readonly paused: boolean
  readonly pause: (paused: boolean) => void
}

/** Finds the rows of an edge: of the run at work, of the run that ended, or of the preview. */
export function useRows(shown: Shown): ShownRows {
  const run = useLive((live) => live.run)
  const choice = useRowsChoice(({ rows }) => rows)
  const preview = usePreviewRows(shown.key)
  const [paused, pause] = useState(false)
  const edge = shown.live
  useEffect(() => pause(false), [edge, run?.id])

  const wantsRun = run !== null && edge !== null && (choice === 'run' || preview.page === null)
  const atWork = run?.status === 'running'
  const latest = useLatestRows(run?.id ?? null, edge, wantsRun && atWork && !paused)
  const kept = useKeptRows(wantsRun ? run : null, edge)
  const both = run !== null && preview.page !== null
  const common = { both, paused, pause }

  if (wantsRun && (atWork || latest || kept?.page)) {
    const page = kept?.page ?? latest
    const told = page ? words.rows.latest(page.rows.length, page.total) : ''
    const ended = atWork ? '' : ` · ${words.rows.kept(when(run.started))}`
    return {
      ...common,
      page,
      run: run.id,
      from: atWork ? 'live' : 'run',
      says: `${told}${ended}`,
      empty: page ? words.rows.noRows : words.rows.waiting,
    }
  }
  if (preview.page)
    return { ...common, run: null, page: preview.page, from: 'preview', says: preview.says, empty: words.rows.noRows }
  const why = kept ? (kept.error ?? words.rows.gone) : preview.why
  return { ...common, run: null, page: null, from: 'preview', says: '', empty: shown.key ? why : words.rows.noEdge }
}

function usePreviewRows(key: string | null): { page: RowsPage | null; says: string; why: string } {
  const { answer, state, says, hint } = usePreview()
  const pipeline = useDocument((document) => document.pipeline)
  const page = (key !== null && answer?.edges[key]) || null
  if (page && answer && key !== null) return { page, says: sampleText(pipeline, key, answer), why: '' }
  const failed = [says, hint].filter(Boolean).join(' ')
  return {
    page: null,
    says: '',
    why: state === 'failed' ? failed : state === 'working' ? words.rows.counting : words.rows.none,
  }
}

/** Of how many source rows the preview is. */
function sampleText(
  pipeline: Pipeline | null,
  key: string,
  answer: NonNullable<ReturnType<typeof usePreview.getState>['answer']>,
): string {
  const from = key.split(' → ')[0]?.split('.')[0]
  if (!pipeline || !from) return words.rows.preview(null, false)
  const sources = [...feeders(pipeline, from)].filter(
    (id) => nodeKind(pipeline, id, useDocument.getState().checked) === 'source',
  )
  const count = sources.reduce((sum, id) => sum + (answer.nodes[id]?.in ?? 0), 0)
  return words.rows.preview(count || null, answer.complete)
}
