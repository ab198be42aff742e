import type { RowsPage } from '@headrace/runtime/api'
import { type ReactNode, useEffect, useMemo, useState } from 'react'
import { arrange, type Sort } from '../table/arrange.ts'
import { cellText } from '../table/cells.ts'
import { columnsOf, identityColumn, type PageRow } from '../table/columnsOf.tsx'
import { type Copied, toCsv, toJson } from '../table/copy.ts'
import { Grid, type GridColumn } from '../table/Grid.tsx'
import { identityText } from '../table/identity.ts'
import { isSeveral } from '../table/moves.ts'
import { useGrid } from '../table/useGrid.ts'
import { words } from '../words.ts'
import { CopyMenu } from './CopyMenu.tsx'
import { copyText } from './clipboard.ts'
import { type Opened, ValuePane } from './ValuePane.tsx'

interface RowsTableProps {
  readonly label: string
  readonly page: RowsPage
  readonly filter: string
  readonly sort: Sort | null
  readonly onSort: (column: string) => void
  readonly identities: boolean
  /** The run whose rows these are: their ways can be shown. */
  readonly run?: string | null
  readonly empty: ReactNode
  readonly onFound?: (count: number) => void
  readonly onClear: () => void
  /** Columns of the caller's own, before the page's. */
  readonly first?: readonly GridColumn<PageRow>[]
  /** What stands above the table; it gets the identities of the rows that are selected. */
  readonly above?: (identities: readonly string[]) => ReactNode
}

/** A page of rows as a table: filtered, sorted, copied, each value to be opened. */
export function RowsTable(props: RowsTableProps) {
  const { label, page, filter, sort, onSort, identities, run = null, empty, onFound, onClear, first, above } = props
  const grid = useGrid()
  const [opened, setOpened] = useState<Opened | null>(null)
  const names = page.columns.map(({ name, type }) => `${name} ${type}`).join('\n')
  // Columns keep their width while rows come and go.
  const columns = useMemo(
    () => [...(first ?? []), ...(identities ? [identityColumn] : []), ...columnsOf(page)],
    [names, identities, first, page.rows.length === 0],
  )
  const rows = useMemo(
    () =>
      arrange(page, filter, sort).map(
        (place): PageRow => ({ cells: page.rows[place] ?? [], identity: page.identities[place] ?? '' }),
      ),
    [page, filter, sort],
  )
  useEffect(() => onFound?.(rows.length), [onFound, rows.length])

  const copied = (): Copied => {
    const range = grid.selected({ rows: rows.length, columns: columns.length })
    const some = range && isSeveral(range) ? range : null
    const chosen = some ? columns.slice(some.columns[0], some.columns[1] + 1) : columns
    const which = some ? rows.slice(some.rows[0], some.rows[1] + 1) : rows
    const places = chosen.map(({ key }) => page.columns.findIndex(({ name }) => name === key))
    return {
      columns: chosen.map(({ title }, i) => page.columns[places[i] as number] ?? { name: title, type: 'string' }),
      rows: which.map(({ cells, identity }) =>
        places.map((at) => (at < 0 ? identityText(identity) : (cells[at] ?? null))),
      ),
    }
  }
  const copy = (format: 'csv' | 'json') => {
    const what = copied()
    void copyText(format === 'csv' ? toCsv(what) : toJson(what), words.rows.copied(what.rows.length))
  }
  const copySelected = () => {
    const range = grid.selected({ rows: rows.length, columns: columns.length })
    if (isSeveral(range) || !range) return copy('csv')
    const at = page.columns.findIndex(({ name }) => name === columns[range.columns[0]]?.key)
    const row = rows[range.rows[0]]
    const text = at < 0 ? identityText(row?.identity ?? '') : cellText(row?.cells[at] ?? null)
    return void copyText(text, words.pane.copied)
  }
  const range = grid.selected({ rows: rows.length, columns: columns.length })
  const chosen = range && isSeveral(range) ? rows.slice(range.rows[0], range.rows[1] + 1) : []
  return (
    <>
      {above?.(chosen.map(({ identity }) => identity))}
      <div className="rows">
        <CopyMenu count={rows.length} several={isSeveral(range)} onCopy={copy} />
        <Grid
          label={label}
          columns={columns}
          rows={rows}
          grid={grid}
          sort={sort}
          onSort={onSort}
          onCopy={copySelected}
          onOpen={(row, { key }) => {
            const at = page.columns.findIndex(({ name }) => name === key)
            const column = page.columns[at]
            if (column) setOpened({ column, cell: row.cells[at] ?? null, identity: row.identity })
          }}
          empty={
            filter.trim() && page.rows.length ? (
              <p>
                {words.rows.noMatch(filter.trim())}{' '}
                <button type="button" className="button" onClick={onClear}>
                  {words.rows.clear}
                </button>
              </p>
            ) : (
              empty
            )
          }
        />
        {opened && (
          <ValuePane
            opened={opened}
            run={run}
            onClose={() => {
              setOpened(null)
              grid.element.current?.focus()
            }}
          />
        )}
      </div>
    </>
  )
}
