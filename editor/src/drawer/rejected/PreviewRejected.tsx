import type { RejectedRow } from '@headrace/runtime/api'
import { useMemo } from 'react'
import { useLive } from '../../model/live.ts'
import { usePreview } from '../../model/preview.ts'
import { select } from '../../model/selection.ts'
import { show } from '../../model/view.ts'
import { Filter } from '../Filter.tsx'
import { RunOrPreview } from '../RunOrPreview.tsx'
import { arrangeDrawer, useDrawer } from '../settings.ts'
import { Tools } from '../Tools.tsx'
import { Grid } from '../table/Grid.tsx'
import { useGrid } from '../table/useGrid.ts'
import { words } from '../words.ts'
import { rejectedColumns } from './columns.tsx'
import { rejectedOf } from './mended.ts'
import './rejected.css'

/** The rows that the preview would reject: before a run the way to mend them is the node's settings. */
export function PreviewRejected() {
  const answer = usePreview((preview) => preview.answer)
  const ran = useLive(({ run }) => run !== null)
  const { rejectedFilter } = useDrawer()
  const grid = useGrid()
  const all = answer?.rejected.rows ?? none
  const rows = useMemo(() => rejectedOf(all, null, rejectedFilter), [all, rejectedFilter])
  const columns = useMemo(() => rejectedColumns({ mended: {}, onFix: openSettings, button: words.rejected.fix }), [])
  return (
    <>
      <Tools>
        <p className="drawer-says" title={words.rejected.settingsWhy}>
          <span>{answer ? words.rejected.preview(answer.rejected.total) : ''}</span>
        </p>
        {ran && answer && <RunOrPreview shown="preview" />}
        {all.length > 0 && (
          <Filter
            label={words.rejected.filter}
            value={rejectedFilter}
            onChange={(value) => arrangeDrawer({ rejectedFilter: value })}
          />
        )}
      </Tools>
      <Grid
        label={words.rejected.label}
        columns={columns}
        rows={rows}
        grid={grid}
        onOpen={openSettings}
        empty={
          <p>{all.length ? words.rejected.noMatch : answer ? words.rejected.noneInPreview : words.rejected.noRun}</p>
        }
      />
    </>
  )
}

const none: readonly RejectedRow[] = []

/** Nothing ran: what can be changed is how the node reads, so its settings open. */
function openSettings({ node }: RejectedRow): void {
  select({ nodes: [node] })
  show({ inspectorOpen: true })
}
