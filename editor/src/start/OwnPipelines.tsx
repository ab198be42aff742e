import type { PipelineView } from '@headrace/runtime/api'
import { openPipeline } from '../model/open.ts'
import { newestFirst, useRuns } from '../model/runs.ts'
import { runSentence } from '../model/sentence.ts'
import { when } from '../style/numbers.ts'
import { words } from './words.ts'

/** The pipelines of the folder with their last run, the newest first. */
export function OwnPipelines({ pipelines }: { readonly pipelines: readonly PipelineView[] }) {
  const runs = useRuns((all) => all.runs)
  if (pipelines.length === 0) return <p className="start-none">{words.none}</p>
  const sorted = pipelines.toSorted((a, b) => b.modified - a.modified)
  // The newest run of each pipeline.
  const newest = new Map(
    newestFirst(runs)
      .toReversed()
      .map((run) => [run.pipeline, run]),
  )
  return (
    <ul className="start-list">
      {sorted.map(({ id, name, description, broken, draft, nodes, modified }) => {
        const lastRun = newest.get(id)
        return (
          <li key={id}>
            <button type="button" className="start-row" onClick={() => void openPipeline(id)}>
              <span className="start-name">
                <strong>{name}</strong> <code className="soft">{id}</code>
              </span>
              <span className="soft start-about">{broken ? words.broken : description || words.nodes(nodes)}</span>
              <span className={lastRun?.status === 'failed' ? 'start-run failed' : 'start-run'}>
                {draft ? words.draft : lastRun ? runSentence(lastRun) : words.neverRun}
              </span>
              <time className="soft" dateTime={new Date(modified).toISOString()}>
                {when(modified)}
              </time>
            </button>
          </li>
        )
      })}
    </ul>
  )
}
