import { Tabs } from '@base-ui/react/tabs'
import type { RunDetail, RunView } from '@headrace/runtime/api'
import { useEffect, useState } from 'react'
import { api, pathOf } from '../api/client.ts'
import { Log } from '../drawer/log/Log.tsx'
import { Metrics } from '../drawer/metrics/Metrics.tsx'
import { useCounters } from '../drawer/metrics/useCounters.ts'
import { Rejected } from '../drawer/rejected/Rejected.tsx'
import { useRoot } from '../drawer/rejected/root.ts'
import { ToolsPlace } from '../drawer/Tools.tsx'
import { words as drawerWords } from '../drawer/words.ts'
import { notifyFailure } from '../model/notices.ts'
import { when } from '../style/numbers.ts'
import { RunGraph } from './picture/RunGraph.tsx'
import { RunHead } from './RunHead.tsx'
import { words } from './words.ts'

type DetailTab = keyof typeof words.tabs
const tabs = Object.keys(words.tabs) as DetailTab[] // its own keys

/** One run: its counts and error, the graph as it was, its metrics, rejected rows and log. */
export function RunDetailView({ run, onClose }: { readonly run: RunView; readonly onClose: () => void }) {
  const [tab, setTab] = useState<DetailTab>('graph')
  const [tools, setTools] = useState<HTMLElement | null>(null)
  const detail = useDetail(run)
  const { picture, samples } = useCounters(run)
  const root = useRoot(run) ?? run
  const { rejected } = root
  return (
    <section
      className="runs-detail"
      aria-label={words.detail(run.name, when(run.started))}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) onClose()
      }}
    >
      <RunHead run={run} detail={detail} onClose={onClose} />
      <Tabs.Root
        className="drawer runs-tabs"
        data-open="true"
        value={tab}
        onValueChange={(value: string) => setTab(tabs.find((one) => one === value) ?? 'graph')}
      >
        <header className="drawer-head">
          <Tabs.List className="drawer-list" aria-label={words.detail(run.name, when(run.started))}>
            {tabs.map((one) => (
              <Tabs.Tab key={one} value={one} className="drawer-tab">
                {words.tabs[one]}
                {one === 'rejected' && rejected > 0 && <span className="drawer-count">{rejected}</span>}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <div className="drawer-tools" ref={setTools} />
        </header>
        <ToolsPlace value={tools}>
          <Tabs.Panel key={tab} value={tab} className="drawer-panel" tabIndex={-1}>
            {tab === 'graph' && detail && (
              <RunGraph text={detail.text} report={detail.report} last={samples.at(-1) ?? detail.last} />
            )}
            {tab === 'metrics' && <Metrics run={run} node={picture?.bottleneck?.node ?? null} />}
            {tab === 'rejected' && (
              <Rejected
                key={root.id}
                run={root}
                count={rejected}
                empty={run.status === 'running' ? drawerWords.rejected.noneYet : drawerWords.rejected.none}
              />
            )}
            {tab === 'log' && <Log run={run} />}
          </Tabs.Panel>
        </ToolsPlace>
      </Tabs.Root>
    </section>
  )
}

/** What the list does not have of a run; asked for again at its end. */
function useDetail({ id, status }: RunView): RunDetail | null {
  const [detail, setDetail] = useState<{ readonly of: string; readonly detail: RunDetail } | null>(null)
  const of = `${id} ${status}`
  useEffect(() => {
    const control = new AbortController()
    api
      .get<RunDetail>(`runs/${pathOf(id)}`, control.signal)
      .then((found) => setDetail({ of, detail: found }))
      .catch((error: unknown) => {
        if (!control.signal.aborted) notifyFailure(words.refused.open, error)
      })
    return () => control.abort()
  }, [id, of])
  return detail?.detail.id === id ? detail.detail : null
}
