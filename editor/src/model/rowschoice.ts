import { create } from 'zustand'
import { useDocument } from './document.ts'
import { useLive } from './live.ts'

/** Whether the drawer shows the rows of the run or of the preview, where there are both. */
export const useRowsChoice = create<{ readonly rows: 'run' | 'preview' }>(() => ({ rows: 'run' }))

/** Shows the rows of the run, or of the preview. */
export const chooseRows = (rows: 'run' | 'preview'): void => useRowsChoice.setState({ rows })

/** After an edit the preview tells more than the run before it, after a start the run; gives what ends it. */
export function followChoice(): () => void {
  const ends = [
    useDocument.subscribe((now, before) => {
      if (now.id === before.id && now.text !== before.text) chooseRows('preview')
    }),
    useLive.subscribe(({ run }, before) => {
      if (run && run.id !== before.run?.id) chooseRows('run')
    }),
  ]
  return () => {
    for (const end of ends) end()
  }
}
