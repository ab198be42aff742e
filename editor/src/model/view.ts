import { create } from 'zustand'
import { persist } from 'zustand/middleware'

export type DrawerTab = 'rows' | 'columns' | 'metrics' | 'rejected' | 'trace' | 'search' | 'log'

/** Where the page is and how it is arranged; it survives a reload. */
export interface View {
  /** `start`: the cards; `pipeline`: the canvas; `runs`: the list of runs. */
  readonly place: 'start' | 'pipeline' | 'runs'
  readonly tab: DrawerTab
  readonly drawerOpen: boolean
  readonly drawerHeight: number
  readonly paletteOpen: boolean
  readonly inspectorOpen: boolean
  /** The pipeline's own form and its problems, where nothing is selected. */
  readonly pipelineForm: boolean
  readonly theme: 'system' | 'light' | 'dark'
}

export const useView = create<View>()(
  persist(
    (): View => ({
      place: 'start',
      tab: 'rows',
      drawerOpen: true,
      drawerHeight: 272,
      paletteOpen: true,
      inspectorOpen: true,
      pipelineForm: false,
      theme: 'system',
    }),
    { name: 'headrace-view' },
  ),
)

export function show(change: Partial<View>): void {
  useView.setState(change)
}
