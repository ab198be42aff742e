import { createContext, useContext } from 'react'

/** How much of a card and an edge is drawn: blocks with names, cards, cards with bytes. */
export type Level = 'far' | 'middle' | 'near'

/** The level of a zoom; `before` makes it wait a little on its side of a border. */
export function levelOf(zoom: number, before: Level): Level {
  const far = before === 'far' ? 0.52 : 0.48
  const near = before === 'near' ? 1.3 : 1.35
  return zoom < far ? 'far' : zoom < near ? 'middle' : 'near'
}

export const LevelContext = createContext<Level>('middle')

export const useLevel = (): Level => useContext(LevelContext)
