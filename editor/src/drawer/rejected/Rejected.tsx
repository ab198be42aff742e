import type { RejectedRow, RunView } from '@headrace/runtime/api'
import { useEffect, useMemo, useState } from 'react'
import { usePreview } from '../../model/preview.ts'
import { exact, when } from '../../style/numbers.ts'
import { Filter } from '../Filter.tsx'
import { RunOrPreview } from '../RunOrPreview.tsx'
import { copyText } from '../rows/clipboard.ts'
import { arrangeDrawer, useDrawer } from '../settings.ts'
import { Tools } from '../Tools.tsx'
import { Grid } from '../table/Grid.tsx'
import { useGrid } from '../table/useGrid.ts'
import { words } from '../words.ts'
import { rejectedColumns } from './columns.tsx'
import { FixPane } from './FixPane.tsx'
import { type MendedRows, rejectedOf, replayQuestion } from './mended.ts'
import { useRejected } from './useRejected.ts'
import { useReplay } from './useReplay.ts'
import './rejected.css'

/** The rejected rows of a run: why, as they were, mended and run again. */
export function Rejected({ run, count, empty }: { run: RunView; count: number; empty: string }) {
  const { rejected, more, reload } = useRejected(run, count)
  const sampled = usePreview(({ answer }) => answer !== null)
  const [mended, setMended] = useState<MendedRows>({})
  const [fixing, setFixing] = useState<RejectedRow | null>(null)
  const grid = useGrid()
  const { state, replay } = useReplay(run, () => {
    setMended({})
    void reload()
  })
  const all = rejected?.rows ?? []
  const total = Math.max(rejected?.total ?? 0, all.length)
  const [node, setNode] = useState<string | null>(null)
  const { rejectedFilter } = useDrawer()
  const rows = useMemo(() => rejectedOf(all, node, rejectedFilter), [all, node, rejectedFilter])
  const columns = useMemo(() => rejectedColumns({ mended, onFix: setFixing, button: words.rejected.fix }), [mended])
  // A filter looks at all of them.
  const filtered = rejectedFilter.trim() !== '' || node !== null
  useEffect(() => {
    if (filtered) more()
  }, [filtered, more])

  const keep = (row: RejectedRow, change: MendedRows[number] | null): MendedRows => {
    const { [row.index]: _, ...others } = mended
    const next = change ? { ...others, [row.index]: change } : others
    setMended(next)
    return next
  }
  const fixed = Object.keys(mended).map(Number)
  const close = () => {
    setFixing(null)
    grid.element.current?.focus()
  }
  return (
    <>
      <Tools>
        <p className="drawer-says" role="status">
          <span className={state.failed ? 'rejected-again' : undefined}>
            {state.says || (total ? words.rejected.run(total, when(run.started)) : '')}
          </span>
        </p>
        {fixed.length > 0 && fixed.length < total && (
          <button
            type="button"
            className="button drawer-button"
            disabled={state.busy}
            onClick={() => void replay(replayQuestion(mended, fixed), fixed.length)}
          >
            {words.rejected.replayMended(fixed.length)}
          </button>
        )}
        {total > 0 && (
          <button
            type="button"
            className="button drawer-button"
            disabled={state.busy || run.status === 'running'}
            onClick={() => void replay(replayQuestion(mended), total)}
          >
            {words.rejected.replayAll(total)}
          </button>
        )}
        {sampled && run.status !== 'running' && <RunOrPreview shown="run" />}
        <Nodes rows={all} node={node} onChange={setNode} />
        {total > 0 && (
          <Filter
            label={words.rejected.filter}
            value={rejectedFilter}
            onChange={(value) => arrangeDrawer({ rejectedFilter: value })}
          />
        )}
      </Tools>
      <div className="rows">
        <Grid
          label={`${words.rejected.label}, ${exact(total)}`}
          columns={columns}
          rows={rows}
          grid={grid}
          onEnd={more}
          onOpen={setFixing}
          onCopy={() =>
            void copyText(rows.map(({ raw, message }) => raw ?? message).join('\n'), words.rows.copied(rows.length))
          }
          rowClass={({ index }) => (index in mended ? 'mended' : '')}
          empty={rejected && <p>{rejected.error || (all.length ? words.rejected.noMatch : empty)}</p>}
        />
        {fixing && (
          <FixPane
            key={fixing.index}
            row={fixing}
            run={run.id}
            before={mended[fixing.index]}
            busy={state.busy || run.status === 'running'}
            onKeep={(change) => keep(fixing, change)}
            onReplay={(change) => {
              void replay(replayQuestion(keep(fixing, change), [fixing.index]), 1)
              close()
            }}
            onClose={close}
          />
        )}
      </div>
    </>
  )
}

/** Chooses one node's rejected rows, where there are several nodes. */
function Nodes(props: { rows: readonly RejectedRow[]; node: string | null; onChange: (node: string | null) => void }) {
  const nodes = [...new Set(props.rows.map(({ node }) => node))].sort()
  if (nodes.length < 2) return null
  return (
    <select
      className="field drawer-choice"
      aria-label={words.rejected.node}
      value={props.node ?? ''}
      onChange={({ target }) => props.onChange(target.value || null)}
    >
      <option value="">{words.rejected.allNodes}</option>
      {nodes.map((node) => (
        <option key={node}>{node}</option>
      ))}
    </select>
  )
}
