import type { ColumnProfile, ColumnView } from '@headrace/runtime/api'
import { edgeText } from '@headrace/runtime/pipeline'
import { useMemo } from 'react'
import { useDocument } from '../../model/document.ts'
import { light } from '../../model/lit.ts'
import { copyText } from '../rows/clipboard.ts'
import { useRows } from '../rows/useRows.ts'
import type { Shown } from '../shown.ts'
import { Tools } from '../Tools.tsx'
import { toCsv } from '../table/copy.ts'
import { Grid } from '../table/Grid.tsx'
import { useGrid } from '../table/useGrid.ts'
import { words } from '../words.ts'
import { profileColumns, profileRows } from './profileColumns.tsx'
import './columns.css'

/** A column of an edge and what the rows at hand say about it. */
export interface ProfiledColumn extends ColumnView {
  readonly profile: ColumnProfile | null
}

/** The columns of an edge: types, and a profile of the rows that are at hand. Enter lights a column's way. */
export function Columns({ shown }: { readonly shown: Shown }) {
  const rows = useRows(shown)
  const grid = useGrid()
  const checked = useCheckedColumns(shown)
  const { page, from } = rows
  const profiled = useMemo(() => {
    const profiles = new Map(page?.profile?.map((profile) => [profile.name, profile]))
    return (page?.columns ?? checked ?? []).map(
      (column): ProfiledColumn => ({ ...column, profile: profiles.get(column.name) ?? null }),
    )
  }, [page, checked])
  const count = profiled[0]?.profile?.rows
  const edge = shown.key?.replace(/ → $/, '')
  const says = [
    edge,
    words.columns.count(profiled.length),
    ...(count === undefined ? [] : [from === 'preview' ? words.columns.ofPreview(count) : words.columns.ofRun(count)]),
  ]
  return (
    <>
      <Tools>
        <p className="drawer-says">
          <span>{says.filter(Boolean).join(' · ')}</span>
          {from === 'live' && page && <span className="drawer-live">{words.rows.live}</span>}
        </p>
      </Tools>
      <Grid
        label={words.columns.label(edge ?? '')}
        columns={profileColumns}
        rows={profiled}
        grid={grid}
        onOpen={({ name }) => shown.key && light(shown.key, name)}
        onCopy={() => void copyText(toCsv(profileRows(profiled)), words.columns.copied(profiled.length))}
        empty={<p>{shown.key ? rows.empty : words.rows.noEdge}</p>}
      />
    </>
  )
}

/** The columns that the check promises for the edge, before any row. */
function useCheckedColumns({ key, node }: Shown): readonly ColumnView[] | null {
  const checked = useDocument((document) => document.checked)
  const pipeline = useDocument((document) => document.pipeline)
  const at = pipeline?.edges.findIndex((edge) => edgeText(edge) === key) ?? -1
  if (at >= 0) return checked?.edges[at]?.columns ?? null
  return (node !== null && checked?.nodes[node]?.output) || null
}
