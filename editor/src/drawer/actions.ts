import type { Action } from '../command/action.ts'
import { useDocument } from '../model/document.ts'
import { whenDrawn } from '../model/drawn.ts'
import { useLibrary } from '../model/library.ts'
import { useLive } from '../model/live.ts'
import { type DrawerTab, show, useView } from '../model/view.ts'
import { searchSinks } from './useTabs.ts'
import { words } from './words.ts'

const inPipeline = () => useView.getState().place === 'pipeline' && useDocument.getState().id !== null

const canSearch = () =>
  inPipeline() && searchSinks(useDocument.getState().pipeline, useLibrary.getState().nodes).length > 0

const canTrace = () => inPipeline() && useLive.getState().run !== null

/** Opens a tab of the drawer and goes there, so that the keys are its own. */
export function goToTab(tab: DrawerTab): void {
  show({ drawerOpen: true, tab })
  // What has to be asked for comes later than the tab.
  whenDrawn((last) => {
    const panel = document.querySelector('.drawer .drawer-panel')
    const found = panel?.querySelector<HTMLElement>(last ? 'button' : 'form input, .grid')
    found?.focus()
    return Boolean(found)
  })
}

/** What can be done with the drawer from Ctrl+K. */
export const drawerActions: readonly Action[] = (Object.keys(words.tabs) as DrawerTab[]) // its own keys
  .map((tab) => ({
    id: `drawer-${tab}`,
    title: words.show[tab],
    group: words.group,
    enabled: tab === 'search' ? canSearch : tab === 'trace' ? canTrace : inPipeline,
    run: () => goToTab(tab),
  }))
