import { createContext, type ReactNode, useContext } from 'react'
import { createPortal } from 'react-dom'

/** Where the head of the drawer has room for a tab's own controls. */
export const ToolsPlace = createContext<HTMLElement | null>(null)

/** Puts a tab's controls into the head, beside the tabs. */
export function Tools({ children }: { readonly children: ReactNode }) {
  const place = useContext(ToolsPlace)
  return place ? createPortal(children, place) : null
}
