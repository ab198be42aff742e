import { useLive } from '../model/live.ts'
import type { DrawerTab } from '../model/view.ts'
import { Log } from './log/Log.tsx'
import { PreviewRejected } from './rejected/PreviewRejected.tsx'
import { Rejected } from './rejected/Rejected.tsx'
import { Rows } from './rows/Rows.tsx'
import { useShown } from './shown.ts'
import { useRejectedCount } from './useTabs.ts'
import { words } from './words.ts'

/** What the chosen tab shows of the selected edge or node. */
export function TabContent({ tab }: { readonly tab: DrawerTab }) {
  const shown = useShown()
  const run = useLive((live) => live.run)
  const { run: rejecting, count } = useRejectedCount()
  switch (tab) {
    case 'rejected':
      if (!rejecting) return <PreviewRejected />
      return (
        <Rejected
          key={rejecting.id}
          run={rejecting}
          count={count}
          empty={rejecting.status === 'running' ? words.rejected.noneYet : words.rejected.none}
        />
      )
    case 'log':
      return <Log run={run} />
    default:
      return <Rows shown={shown} />
  }
}
