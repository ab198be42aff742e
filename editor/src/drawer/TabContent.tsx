import type { RunView } from '@headrace/runtime/api'
import type { Pipeline } from '@headrace/runtime/pipeline'
import { useDocument } from '../model/document.ts'
import { useLive } from '../model/live.ts'
import type { DrawerTab } from '../model/view.ts'
import { Columns } from './columns/Columns.tsx'
import { Log } from './log/Log.tsx'
import { Metrics } from './metrics/Metrics.tsx'
import { PreviewRejected } from './rejected/PreviewRejected.tsx'
import { Rejected } from './rejected/Rejected.tsx'
import { Rows } from './rows/Rows.tsx'
import { Search } from './search/Search.tsx'
import { useShown } from './shown.ts'
import { Trace } from './trace/Trace.tsx'
import { useRejectedCount, useSearchSinks } from './useTabs.ts'
import { words } from './words.ts'

/** What the chosen tab shows of the selected edge or node. */
export function TabContent({ tab }: { readonly tab: DrawerTab }) {
  const shown = useShown()
  const run = useLive((live) => live.run)
  const { run: rejecting, count } = useRejectedCount()
  const sinks = useSearchSinks()
  const pipeline = useDocument((document) => document.pipeline)
  switch (tab) {
    case 'columns':
      return <Columns shown={shown} />
    case 'metrics':
      return <Metrics run={run} node={shown.node} />
    case 'trace':
      return <Trace run={run} />
    case 'search':
      return <Search sinks={sinks} />
    case 'rejected':
      if (!rejecting) return <PreviewRejected />
      return <Rejected key={rejecting.id} run={rejecting} count={count} empty={noneRejected(rejecting, pipeline)} />
    case 'log':
      return <Log run={run} />
    default:
      return <Rows shown={shown} />
  }
}

/** What to say where no rejected row is listed: there is none, or an edge took them. */
function noneRejected({ status, rows, rejected }: RunView, pipeline: Pipeline | null): string {
  const nodes = pipeline?.edges.filter(({ from }) => from.port === 'rejects').map(({ from }) => from.node) ?? []
  if (nodes.length && (rows?.rejected ?? 0) > rejected) return words.rejected.byEdge([...new Set(nodes)].join(', '))
  return status === 'running' ? words.rejected.noneYet : words.rejected.none
}
