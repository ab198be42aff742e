import { Tabs } from '@base-ui/react/tabs'
import { ChevronDown, ChevronUp } from 'lucide-react'
import { useEffect, useState } from 'react'
import { followChoice } from '../model/rowschoice.ts'
import { show, useView } from '../model/view.ts'
import { Divider } from './Divider.tsx'
import { RunChoice } from './RunChoice.tsx'
import { TabContent } from './TabContent.tsx'
import { ToolsPlace } from './Tools.tsx'
import { useTabs } from './useTabs.ts'
import { words } from './words.ts'
import './drawer.css'
import './tools.css'
import './pane.css'

/** What belongs to the selected edge or node: its rows, columns, metrics, rejected rows, answers and log. */
export function Drawer() {
  const { drawerOpen, drawerHeight, tab } = useView()
  const [tools, setTools] = useState<HTMLElement | null>(null)
  const tabs = useTabs()
  useEffect(followChoice, [])
  const current = tabs.some(({ value }) => value === tab) ? tab : 'rows'
  return (
    <section className="drawer" aria-label={words.drawer} data-open={drawerOpen}>
      {drawerOpen && <Divider height={drawerHeight} />}
      <Tabs.Root
        className="drawer-tabs"
        value={current}
        onValueChange={(value: string) => {
          const found = tabs.find((one) => one.value === value)
          if (found) show({ tab: found.value, drawerOpen: true })
        }}
        style={drawerOpen ? { height: drawerHeight } : {}}
      >
        <header className="drawer-head">
          <Tabs.List className="drawer-list" aria-label={words.drawer}>
            {tabs.map(({ value, title, count }) => (
              <Tabs.Tab
                key={value}
                value={value}
                className="drawer-tab"
                // The tab that is chosen already opens the drawer too.
                onClick={() => show({ tab: value, drawerOpen: true })}
              >
                {title}
                {count && <span className="drawer-count">{count}</span>}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <div className="drawer-tools" ref={setTools} />
          <RunChoice />
          <button
            type="button"
            className="drawer-tool drawer-fold"
            aria-expanded={drawerOpen}
            aria-label={drawerOpen ? words.fold : words.unfold}
            title={drawerOpen ? words.fold : words.unfold}
            onClick={() => show({ drawerOpen: !drawerOpen })}
          >
            {drawerOpen ? <ChevronDown size={16} aria-hidden /> : <ChevronUp size={16} aria-hidden />}
          </button>
        </header>
        {drawerOpen && (
          <ToolsPlace value={tools}>
            <Tabs.Panel key={current} value={current} className="drawer-panel" tabIndex={-1}>
              <TabContent tab={current} />
            </Tabs.Panel>
          </ToolsPlace>
        )}
      </Tabs.Root>
    </section>
  )
}
