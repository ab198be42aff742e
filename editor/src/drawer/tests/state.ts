import { create } from 'zustand'

/** Whether the rows in view are being made a test. */
export const useSaving = create<{ readonly open: boolean }>(() => ({ open: false }))

/** Opens or closes the line in which rows become a test. */
export const showSaving = (open: boolean): void => useSaving.setState({ open })
