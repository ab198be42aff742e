import type { LogLine, RunView } from '@headrace/runtime/api'
import { ArrowDownToLine } from 'lucide-react'
import { useMemo, useState } from 'react'
import { Filter } from '../Filter.tsx'
import { copyText } from '../rows/clipboard.ts'
import { arrangeDrawer, useDrawer } from '../settings.ts'
import { Tools } from '../Tools.tsx'
import { Grid, type GridColumn } from '../table/Grid.tsx'
import { useGrid } from '../table/useGrid.ts'
import { words } from '../words.ts'
import { levels, linesOf, timeOf } from './lines.ts'
import { useLog } from './useLog.ts'
import './log.css'

/** A run's log as it is written: by level, by text, the last line in sight. */
export function Log({ run }: { readonly run: RunView | null }) {
  const { lines, state, error } = useLog(run?.id ?? null)
  const { logFilter, logLevel } = useDrawer()
  const [follow, setFollow] = useState(true)
  const grid = useGrid()
  const shown = useMemo(() => linesOf(lines, logLevel, logFilter), [lines, logLevel, logFilter])
  const copy = () => {
    const range = grid.selected({ rows: shown.length, columns: columns.length })
    const some = range ? shown.slice(range.rows[0], range.rows[1] + 1) : shown
    const text = some.map((line) => [line.at, line.level, line.node, line.message].filter(Boolean).join(' '))
    void copyText(text.join('\n'), words.log.copied(some.length))
  }
  const empty = !run ? words.log.noRun : state === 'failed' ? error : lines.length ? words.log.noMatch : words.log.none
  return (
    <>
      <Tools>
        {run && (
          <p className="drawer-says">
            <span>{words.log.says(shown.length, lines.length)}</span>
          </p>
        )}
        <button
          type="button"
          className="drawer-tool"
          aria-pressed={follow}
          aria-label={words.log.follow}
          title={words.log.follow}
          onClick={() => setFollow(!follow)}
        >
          <ArrowDownToLine size={15} aria-hidden />
        </button>
        <select
          className="field drawer-choice"
          aria-label={words.log.level}
          value={logLevel}
          onChange={({ target }) => arrangeDrawer({ logLevel: levels.find((one) => one === target.value) ?? 'info' })}
        >
          {levels.map((level) => (
            <option key={level} value={level}>
              {words.log.levels[level]}
            </option>
          ))}
        </select>
        <Filter label={words.log.filter} value={logFilter} onChange={(value) => arrangeDrawer({ logFilter: value })} />
      </Tools>
      <Grid
        label={words.log.label}
        columns={columns}
        rows={shown}
        grid={grid}
        follow={follow && run?.status === 'running'}
        onCopy={copy}
        rowClass={({ level }) => `log-${level}`}
        empty={state === 'loading' && run ? undefined : <p>{empty}</p>}
      />
    </>
  )
}

const columns: readonly GridColumn<LogLine>[] = [
  {
    key: 'at',
    title: 'time',
    width: 112,
    cell: (line) => <span className="data soft">{timeOf(line)}</span>,
    full: ({ at }) => at,
  },
  {
    key: 'level',
    title: 'level',
    width: 72,
    cell: ({ level }) => <span className="log-level">{words.log.names[level]}</span>,
  },
  { key: 'node', title: 'node', width: 110, cell: ({ node }) => node ?? '' },
  {
    key: 'message',
    title: 'message',
    width: 400,
    stretch: true,
    cell: ({ message }) => <span className="data">{message}</span>,
    full: ({ message }) => message,
  },
]
