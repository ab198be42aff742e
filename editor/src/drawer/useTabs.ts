import type { NodeTypeView, RunView } from '@headrace/runtime/api'
import type { FlowPicture, Pipeline } from '@headrace/runtime/pipeline'
import { useMemo } from 'react'
import { useDocument } from '../model/document.ts'
import { useLibrary } from '../model/library.ts'
import { useLive } from '../model/live.ts'
import { usePreview } from '../model/preview.ts'
import { useRowsChoice } from '../model/rowschoice.ts'
import type { DrawerTab } from '../model/view.ts'
import { exact, rounded } from '../style/numbers.ts'
import { useRoot } from './rejected/root.ts'
import { words } from './words.ts'

/** A tab of the drawer. */
export interface TabView {
  readonly value: DrawerTab
  readonly title: string
  /** Rejected rows. */
  readonly count: string | null
}

/** The vector sinks of a pipeline: what can be searched. */
export function searchSinks(pipeline: Pipeline | null, nodes: readonly NodeTypeView[]): readonly string[] {
  const searched = new Set(nodes.filter(({ search, kind }) => search && kind === 'sink').map(({ type }) => type))
  return Object.entries(pipeline?.nodes ?? {}).flatMap(([id, { type }]) => (searched.has(type) ? [id] : []))
}

/** The vector sinks of the open pipeline. */
export function useSearchSinks(): readonly string[] {
  const pipeline = useDocument((document) => document.pipeline)
  const nodes = useLibrary((library) => library.nodes)
  return useMemo(() => searchSinks(pipeline, nodes), [pipeline, nodes])
}

/** Rejected rows of the run that is shown, else of the preview. */
export function useRejectedCount(): { readonly run: RunView | null; readonly count: number } {
  const run = useLive((live) => live.run)
  const choice = useRowsChoice(({ rows }) => rows)
  const sample = usePreview(({ answer }) => answer?.rejected.total ?? 0)
  const hasPreview = usePreview(({ answer }) => answer !== null)
  const counted = useLive(({ picture }) => (picture ? listedRejects(picture) : 0))
  const root = useRoot(run)
  if (!run || !root || (choice === 'preview' && hasPreview)) return { run: null, count: sample }
  // A replay at work shows what its run has left; it says itself how it goes.
  return {
    run: root,
    count: run.status === 'running' && root === run ? Math.max(counted, run.rejected) : root.rejected,
  }
}

/** Rejected rows so far that no edge takes further: those that will be listed. */
function listedRejects({ nodes, edges }: FlowPicture): number {
  const taken = new Set(Object.keys(edges).flatMap((key) => /^(.*)\.rejects → /.exec(key)?.[1] ?? []))
  return Object.entries(nodes).reduce((sum, [id, { rejected }]) => sum + (taken.has(id) ? 0 : rejected), 0)
}

/** The tabs that there are now: Trace only where there is a run, Search only where something can be searched. */
export function useTabs(): readonly TabView[] {
  const sinks = useSearchSinks()
  const { count } = useRejectedCount()
  const ran = useLive(({ run }) => run !== null)
  const { tabs } = words
  const plain = (value: DrawerTab): TabView => ({ value, title: tabs[value], count: null })
  return [
    plain('rows'),
    plain('columns'),
    plain('metrics'),
    { ...plain('rejected'), count: count ? (count < 10_000 ? exact(count) : rounded(count)) : null },
    ...(ran ? [plain('trace')] : []),
    ...(sinks.length ? [plain('search')] : []),
    plain('log'),
  ]
}
