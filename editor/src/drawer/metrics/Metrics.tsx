import type { RunView } from '@headrace/runtime/api'
import { Download } from 'lucide-react'
import { useMemo, useState } from 'react'
import { pathOf } from '../../api/client.ts'
import { select } from '../../model/selection.ts'
import { duration } from '../../style/numbers.ts'
import { CopyMenu } from '../rows/CopyMenu.tsx'
import { copyText } from '../rows/clipboard.ts'
import { arrangeDrawer, useDrawer } from '../settings.ts'
import { Tools } from '../Tools.tsx'
import { nextSort, type Sort } from '../table/arrange.ts'
import { toCsv, toJson } from '../table/copy.ts'
import { Grid } from '../table/Grid.tsx'
import { useGrid } from '../table/useGrid.ts'
import { words } from '../words.ts'
import { endedLines, liveLines, sortedLines } from './lines.ts'
import { metricColumns, metricRows } from './metricColumns.tsx'
import { Plot } from './Plot.tsx'
import { edgeRates, timeShares } from './series.ts'
import { useCounters } from './useCounters.ts'
import { useHistory } from './useHistory.ts'
import './metrics.css'

/** What each node and edge of a run counts, and how it went over time. `node`: whose time is plotted. */
export function Metrics({ run, node }: { readonly run: RunView | null; readonly node: string | null }) {
  const { samples: fresh, picture: live } = useCounters(run)
  const { samples, why } = useHistory(run, fresh)
  const { plot } = useDrawer()
  const [sort, setSort] = useState<Sort | null>(null)
  const grid = useGrid()
  const atWork = run?.status === 'running'
  const last = samples.at(-1)
  const lines = useMemo(() => {
    if (atWork && live) return liveLines(live)
    return last && run ? endedLines(last, run.seconds ?? last.at / 1000) : []
  }, [atWork, live, last, run])
  const sorted = useMemo(() => sortedLines(lines, sort), [lines, sort])
  const whose = node !== null && last && node in last.nodes ? node : (Object.keys(last?.nodes ?? {})[0] ?? null)
  const series = useMemo(
    () => (plot === 'time' && whose !== null ? timeShares(samples, whose) : edgeRates(samples)),
    [samples, plot, whose],
  )
  if (!run) return <div className="drawer-empty">{words.metrics.noRun}</div>
  const copy = (format: 'csv' | 'json') => {
    const rows = metricRows(sorted)
    void copyText(format === 'csv' ? toCsv(rows) : toJson(rows), words.metrics.copied(sorted.length))
  }
  return (
    <>
      <Tools>
        <p className="drawer-says">
          {why ? (
            <span className="metrics-unread" role="status" title={`${why.error} ${why.hint}`}>
              {why.error}
            </span>
          ) : (
            <span>{atWork ? words.metrics.now : words.metrics.whole(duration(run.seconds ?? 0))}</span>
          )}
          {atWork && !why && <span className="drawer-live">{words.rows.live}</span>}
        </p>
        <fieldset className="drawer-switch" aria-label={words.metrics.plot}>
          <button type="button" aria-pressed={plot === 'rates'} onClick={() => arrangeDrawer({ plot: 'rates' })}>
            {words.metrics.rates}
          </button>
          <button type="button" aria-pressed={plot === 'time'} onClick={() => arrangeDrawer({ plot: 'time' })}>
            {whose === null ? words.metrics.time : words.metrics.timeOf(whose)}
          </button>
        </fieldset>
        <a
          className="drawer-tool"
          href={`api/runs/${pathOf(run.id)}/metrics.csv`}
          download
          aria-label={words.metrics.download}
          title={words.metrics.download}
        >
          <Download size={15} aria-hidden />
        </a>
      </Tools>
      <CopyMenu count={sorted.length} several={false} onCopy={copy} />
      <div className="rows">
        <Grid
          label={words.metrics.label}
          columns={metricColumns}
          rows={sorted}
          grid={grid}
          sort={sort}
          onSort={(column) => setSort(nextSort(sort, column))}
          onOpen={({ kind, name }) => select(kind === 'node' ? { nodes: [name] } : { edge: name })}
          onCopy={() => copy('csv')}
          empty={<p>{why ? `${why.error} ${why.hint}` : words.metrics.none}</p>}
        />
        <Plot series={series} unit={plot === 'time' ? 'share' : 'rate'} />
      </div>
    </>
  )
}
