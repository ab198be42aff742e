import { createContext, useContext } from 'react'

/** Where chips are drawn: above the cards, moving with the canvas. */
export const ChipLayer = createContext<HTMLElement | null>(null)

export const useChipLayer = (): HTMLElement | null => useContext(ChipLayer)
