import type { RowsPage } from '@headrace/runtime/api'
import { useMemo, useState } from 'react'
import { useDocument } from '../../model/document.ts'
import { Filter } from '../Filter.tsx'
import { arrangeDrawer, useDrawer } from '../settings.ts'
import type { Shown } from '../shown.ts'
import { Tools } from '../Tools.tsx'
import { nextSort } from '../table/arrange.ts'
import { testNodes } from '../tests/puts.ts'
import { SaveTest } from '../tests/SaveTest.tsx'
import { useSaving } from '../tests/state.ts'
import { words } from '../words.ts'
import { RowsTable } from './RowsTable.tsx'
import { RowsTools } from './RowsTools.tsx'
import { useRows } from './useRows.ts'

/** The rows that pass an edge: live, as a run left them, or of the preview. */
export function Rows({ shown }: { readonly shown: Shown }) {
  const rows = useRows(shown)
  const { rowsFilter, rowsSort, identities } = useDrawer()
  const [found, setFound] = useState<number | null>(null)
  const label = words.rows.label(shown.key ?? '')
  const page: RowsPage | null = rows.page
  const pipeline = useDocument((document) => document.pipeline)
  const saving = useSaving(({ open }) => open)
  const nodes = useMemo(() => (pipeline && shown.key ? testNodes(pipeline, shown.key) : null), [pipeline, shown.key])
  const empty = useMemo(() => <p>{rows.empty}</p>, [rows.empty])
  return (
    <>
      <Tools>
        <RowsTools edge={shown.key} rows={rows} found={rowsFilter.trim() ? found : null} testable={nodes !== null} />
        <Filter
          label={words.rows.filter}
          value={rowsFilter}
          onChange={(value) => arrangeDrawer({ rowsFilter: value })}
        />
      </Tools>
      {page ? (
        <RowsTable
          label={label}
          page={page}
          filter={rowsFilter}
          sort={rowsSort}
          onSort={(column) => arrangeDrawer({ rowsSort: nextSort(rowsSort, column) })}
          identities={identities}
          run={rows.run}
          empty={empty}
          onFound={setFound}
          onClear={() => arrangeDrawer({ rowsFilter: '' })}
          above={(identities) => saving && nodes && <SaveTest nodes={nodes} identities={identities} />}
        />
      ) : (
        <div className="drawer-empty">{empty}</div>
      )}
    </>
  )
}
