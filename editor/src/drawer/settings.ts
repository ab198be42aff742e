import type { LogLine } from '@headrace/runtime/api'
import { create } from 'zustand'
import { persist } from 'zustand/middleware'
import type { Sort } from './table/arrange.ts'

/** How the reader arranged the drawer's tabs; it survives a reload. */
export interface DrawerSettings {
  readonly rowsFilter: string
  readonly rowsSort: Sort | null
  /** Whether a row's place in its file is a column of the table. */
  readonly identities: boolean
  readonly rejectedFilter: string
  readonly logFilter: string
  /** Lines below this level are left out. */
  readonly logLevel: LogLine['level']
  readonly plot: 'rates' | 'time'
  readonly searchSink: string | null
  /** The run that the list of runs shows beside it. */
  readonly openRun: string | null
}

export const useDrawer = create<DrawerSettings>()(
  persist(
    (): DrawerSettings => ({
      rowsFilter: '',
      rowsSort: null,
      identities: false,
      rejectedFilter: '',
      logFilter: '',
      logLevel: 'info',
      plot: 'rates',
      searchSink: null,
      openRun: null,
    }),
    { name: 'headrace-drawer' },
  ),
)

/** Changes how the drawer is arranged. */
export function arrangeDrawer(change: Partial<DrawerSettings>): void {
  useDrawer.setState(change)
}
