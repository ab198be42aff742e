import { create } from 'zustand'

/** Whether Ctrl+K is open. */
export const useCommand = create<{ readonly open: boolean }>(() => ({ open: false }))
