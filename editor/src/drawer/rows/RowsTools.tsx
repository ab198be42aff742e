import { Fingerprint, FlaskConical, Pause, Play } from 'lucide-react'
import { RunOrPreview } from '../RunOrPreview.tsx'
import { arrangeDrawer, useDrawer } from '../settings.ts'
import { showSaving, useSaving } from '../tests/state.ts'
import { words as tests } from '../tests/words.ts'
import { words } from '../words.ts'
import type { ShownRows } from './useRows.ts'

interface RowsToolsProps {
  readonly edge: string | null
  readonly rows: ShownRows
  /** Rows that match the filter; null without one. */
  readonly found: number | null
  /** The rows can become a test. */
  readonly testable: boolean
}

/** What the rows are, whether they are live, and what can be shown of them. */
export function RowsTools({ edge, rows, found, testable }: RowsToolsProps) {
  const identities = useDrawer((drawer) => drawer.identities)
  const saving = useSaving(({ open }) => open)
  const { from, page, paused, pause, says, both } = rows
  const count = page?.rows.length ?? 0
  const parts = [edge?.replace(/ → $/, ''), found === null ? says : words.rows.found(found, count)].filter(Boolean)
  return (
    <>
      <p className="drawer-says" title={parts.join(' · ')}>
        <span>{parts.join(' · ')}</span>
        {from === 'live' && <span className="drawer-live">{paused ? words.rows.paused : words.rows.live}</span>}
      </p>
      {both && from !== 'live' && <RunOrPreview shown={from} />}
      {from === 'live' && (
        <button
          type="button"
          className="drawer-tool"
          aria-pressed={paused}
          aria-label={paused ? words.rows.resume : words.rows.pause}
          title={paused ? words.rows.resume : words.rows.pause}
          onClick={() => pause(!paused)}
        >
          {paused ? <Play size={15} aria-hidden /> : <Pause size={15} aria-hidden />}
        </button>
      )}
      <button
        type="button"
        className="drawer-tool"
        aria-pressed={saving}
        aria-label={tests.save}
        title={tests.save}
        disabled={!testable || count === 0}
        onClick={() => showSaving(!saving)}
      >
        <FlaskConical size={15} aria-hidden />
      </button>
      <button
        type="button"
        className="drawer-tool"
        aria-pressed={identities}
        aria-label={words.rows.identities}
        title={words.rows.identities}
        onClick={() => arrangeDrawer({ identities: !identities })}
      >
        <Fingerprint size={15} aria-hidden />
      </button>
    </>
  )
}
