import type { Action } from '../command/action.ts'
import { useDocument } from '../model/document.ts'
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
  // The tab is drawn first.
  requestAnimationFrame(() => {
    const panel = document.querySelector('.drawer .drawer-panel')
    panel?.querySelector<HTMLElement>('form input, .grid, button')?.focus()
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
