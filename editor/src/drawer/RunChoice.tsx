import { Menu } from '@base-ui/react/menu'
import { Check, History } from 'lucide-react'
import { useDocument } from '../model/document.ts'
import { useLive } from '../model/live.ts'
import { goTo } from '../model/open.ts'
import { newestFirst, pickRun, useRuns } from '../model/runs.ts'
import { runSentence } from '../model/sentence.ts'
import { exactWhen, when } from '../style/numbers.ts'
import { words } from './words.ts'

const most = 12

/** Chooses which run of the pipeline the canvas and the drawer show. */
export function RunChoice() {
  const pipeline = useDocument((document) => document.id)
  const all = useRuns(({ runs }) => runs)
  const shown = useLive(({ run }) => run)
  const runs = newestFirst(all).filter((run) => pipeline !== null && run.pipeline === pipeline)
  if (runs.length === 0) return null
  return (
    <Menu.Root>
      <Menu.Trigger className="drawer-tool drawer-run" aria-label={words.runs.choose} title={words.runs.choose}>
        <History size={15} aria-hidden />
        {shown && <span title={exactWhen(shown.started)}>{when(shown.started)}</span>}
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner sideOffset={4} align="end" className="drawer-menu-place">
          <Menu.Popup className="drawer-menu">
            {runs.slice(0, most).map((run) => (
              <Menu.Item key={run.id} className="drawer-menu-item" onClick={() => pickRun(run.id)}>
                <Check size={14} aria-hidden className={run.id === shown?.id ? '' : 'drawer-hidden'} />
                <span className="data">{when(run.started)}</span>
                <span className="soft drawer-sentence">{runSentence(run)}</span>
              </Menu.Item>
            ))}
            <Menu.Separator className="drawer-menu-line" />
            <Menu.Item className="drawer-menu-item" onClick={() => pickRun(null)}>
              <Check size={14} aria-hidden className="drawer-hidden" />
              {words.runs.newest}
            </Menu.Item>
            <Menu.Item className="drawer-menu-item" onClick={() => goTo('runs')}>
              <Check size={14} aria-hidden className="drawer-hidden" />
              {words.runs.all}
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}
