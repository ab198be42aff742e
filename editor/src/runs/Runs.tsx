import type { RunStatus, RunView } from '@headrace/runtime/api'
import { useDeferredValue, useEffect, useMemo, useState } from 'react'
import { Filter } from '../drawer/Filter.tsx'
import { arrangeDrawer, useDrawer } from '../drawer/settings.ts'
import { nextSort, type Sort } from '../drawer/table/arrange.ts'
import { Grid } from '../drawer/table/Grid.tsx'
import { useGrid } from '../drawer/table/useGrid.ts'
import { newestFirst, useRuns } from '../model/runs.ts'
import { useDeleted } from './deleting.ts'
import { filteredRuns, sortedRuns } from './filter.ts'
import { offerPruning } from './pruning.ts'
import { RunDetailView } from './RunDetailView.tsx'
import { runColumns } from './runColumns.tsx'
import { words } from './words.ts'
import './runs.css'

/** The runs of this folder: all of them in a table, and beside it the one that is chosen. */
export function Runs() {
  const all = useRuns(({ runs }) => runs)
  const deleted = useDeleted((gone) => gone.ids)
  const { openRun } = useDrawer()
  const [text, setText] = useState('')
  const [pipeline, setPipeline] = useState<string | null>(null)
  const [status, setStatus] = useState<RunStatus | null>(null)
  const [sort, setSort] = useState<Sort | null>(null)
  const grid = useGrid()
  const runs = useMemo(() => newestFirst(all).filter(({ id }) => !deleted.includes(id)), [all, deleted])
  const wanted = useDeferredValue(text)
  const shown = useMemo(
    () => sortedRuns(filteredRuns(runs, { text: wanted, pipeline, status }), sort),
    [runs, wanted, pipeline, status, sort],
  )
  const { element } = grid
  // What a filter finds is looked at from its top.
  const filter = `${wanted} ${pipeline} ${status}`
  useEffect(() => {
    if (filter) element.current?.scrollTo({ top: 0 })
  }, [element, filter])
  const names = useMemo(() => [...new Set(runs.map(({ name }) => name))].sort(), [runs])
  const open = runs.find(({ id }) => id === openRun) ?? null
  const statuses = Object.keys(words.statuses) as RunStatus[] // its own keys
  const close = () => {
    arrangeDrawer({ openRun: null })
    grid.element.current?.focus()
  }
  return (
    <main className="runs">
      <section className="runs-list" aria-label={words.list}>
        <header className="runs-head">
          <h1>{words.title}</h1>
          <span className="soft" role="status">
            {all && words.count(shown.length, runs.length)}
          </span>
          <Choice
            label={words.pipeline}
            all={words.allPipelines}
            values={names}
            value={pipeline}
            onChange={setPipeline}
          />
          <Choice
            label={words.status}
            all={words.allStatuses}
            values={statuses}
            value={status}
            name={(one) => words.statuses[one]}
            onChange={setStatus}
          />
          <Filter label={words.filter} value={text} onChange={setText} />
          <button type="button" className="button" onClick={() => void offerPruning()}>
            {words.pruneOld}
          </button>
        </header>
        <Grid<RunView>
          label={words.list}
          columns={runColumns}
          rows={shown}
          grid={grid}
          sort={sort}
          onSort={(column) => setSort(nextSort(sort, column))}
          onOpen={({ id }) => arrangeDrawer({ openRun: id })}
          onChoose={({ id }) => arrangeDrawer({ openRun: id })}
          rowClass={({ id }) => (id === openRun ? 'runs-open' : '')}
          empty={all && <p>{runs.length ? words.none : words.empty}</p>}
        />
      </section>
      {open ? (
        <RunDetailView key={open.id} run={open} onClose={close} />
      ) : (
        runs.length > 0 && <p className="runs-hint soft">{words.open}</p>
      )}
    </main>
  )
}

interface ChoiceProps<T extends string> {
  readonly label: string
  readonly all: string
  readonly values: readonly T[]
  readonly value: T | null
  readonly name?: (value: T) => string
  readonly onChange: (value: T | null) => void
}

/** One of some values, or any. */
function Choice<T extends string>({ label, all, values, value, name, onChange }: ChoiceProps<T>) {
  return (
    <select
      className="field drawer-choice"
      aria-label={label}
      value={value ?? ''}
      onChange={({ target }) => onChange(values.find((one) => one === target.value) ?? null)}
    >
      <option value="">{all}</option>
      {values.map((one) => (
        <option key={one} value={one}>
          {name ? name(one) : one}
        </option>
      ))}
    </select>
  )
}
