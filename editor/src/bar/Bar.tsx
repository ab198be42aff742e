import { isDraft, useDocument } from '../model/document.ts'
import { goTo } from '../model/open.ts'
import { useRuns } from '../model/runs.ts'
import { useView } from '../model/view.ts'
import { BottleneckChip } from './BottleneckChip.tsx'
import { Logo } from './Logo.tsx'
import { MoreMenu } from './MoreMenu.tsx'
import { ProblemsChip } from './ProblemsChip.tsx'
import { RunControls } from './RunControls.tsx'
import { words } from './words.ts'
import './bar.css'

/** The bar above everything: where one is, what holds the run up, and Run. */
export function Bar() {
  const place = useView((view) => view.place)
  const connected = useRuns((runs) => runs.connected)
  return (
    <header className="bar">
      <button type="button" className="bar-home" aria-label={words.home} onClick={() => goTo('start')}>
        <Logo />
        <strong>Headrace</strong>
      </button>
      {place === 'pipeline' && <Name />}
      {place === 'pipeline' && <ProblemsChip />}
      {place === 'pipeline' && <BottleneckChip />}
      <span className="bar-space" />
      {connected === false && (
        <span className="bar-offline" role="status" title={words.offlineHelp}>
          {words.offline}
        </span>
      )}
      {place === 'pipeline' && <RunControls />}
      <MoreMenu />
    </header>
  )
}

function Name() {
  const { id, pipeline, locked } = useDocument()
  const changed = useDocument(isDraft)
  if (id === null) return null
  return (
    <>
      <span className="soft" aria-hidden>
        /
      </span>
      <span className="bar-name" title={id}>
        {pipeline?.name ?? id.replace(/\.json$/, '')}
      </span>
      <span className="bar-state soft" data-draft={changed || undefined} title={locked ?? undefined}>
        {locked !== null ? words.locked(inShort(locked)) : changed ? words.draft : words.saved}
      </span>
    </>
  )
}

/** The first clause of a reason; the rest says what to do, and stands in the title. */
function inShort(why: string): string {
  const [clause = why] = why.split(/[.:] /, 1)
  return clause.charAt(0).toLowerCase() + clause.slice(1)
}
