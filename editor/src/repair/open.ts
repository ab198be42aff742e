import { create } from 'zustand'
import { useDocument } from '../model/document.ts'

/** Whether the open pipeline is shown as text: where it cannot be drawn, and where the reader asks for it. */
export const useRepair = create<{ readonly open: boolean }>(() => ({ open: false }))

export const showText = (): void => useRepair.setState({ open: true })

/** Goes back to the graph; stays where the text cannot be drawn. */
export function showGraph(): void {
  const { id, pipeline } = useDocument.getState()
  useRepair.setState({ open: id !== null && pipeline === null })
}

/** Opens the text of what cannot be drawn; it stays open until the reader is done with it. Returns what ends it. */
export function followRepair(): () => void {
  return useDocument.subscribe((now, before) => {
    if (now.id !== before.id) useRepair.setState({ open: now.id !== null && now.pipeline === null })
    else if (now.id !== null && now.pipeline === null) showText()
  })
}
