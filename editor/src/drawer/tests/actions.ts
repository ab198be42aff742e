import type { Action } from '../../command/action.ts'
import { useDocument } from '../../model/document.ts'
import { show, useView } from '../../model/view.ts'
import { runTests } from './run.ts'
import { showSaving } from './state.ts'
import { words } from './words.ts'

const inPipeline = () => useView.getState().place === 'pipeline' && useDocument.getState().id !== null

/** What can be done with tests from Ctrl+K. */
export const testActions: readonly Action[] = [
  { id: 'run-tests', title: words.run, group: 'Run', enabled: inPipeline, run: () => void runTests() },
  {
    id: 'save-test',
    title: words.label,
    group: 'Run',
    enabled: inPipeline,
    run: () => {
      show({ drawerOpen: true, tab: 'rows' })
      showSaving(true)
    },
  },
]
