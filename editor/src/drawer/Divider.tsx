import type { KeyboardEvent, PointerEvent } from 'react'
import { show } from '../model/view.ts'
import { words } from './words.ts'

const least = 120
const step = 24

const most = (): number => Math.max(least, Math.round(window.innerHeight * 0.8))
const setHeight = (height: number): void =>
  show({ drawerHeight: Math.round(Math.max(least, Math.min(most(), height))) })

/** The upper edge of the drawer, drawn by mouse or moved by the arrow keys; a double click gives the usual height. */
export function Divider({ height }: { readonly height: number }) {
  const drag = (event: PointerEvent<HTMLDivElement>) => {
    const { currentTarget: handle, clientY: from, pointerId } = event
    handle.setPointerCapture(pointerId)
    const move = ({ clientY }: globalThis.PointerEvent) => setHeight(height + from - clientY)
    handle.addEventListener('pointermove', move)
    handle.addEventListener('lostpointercapture', () => handle.removeEventListener('pointermove', move), { once: true })
  }
  const press = (event: KeyboardEvent) => {
    const to = {
      ArrowUp: height + step,
      ArrowDown: height - step,
      PageUp: height + step * 5,
      PageDown: height - step * 5,
      Home: least,
      End: most(),
    }[event.key]
    if (to === undefined) return
    event.preventDefault()
    event.stopPropagation()
    setHeight(to)
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that is moved takes the focus, which hr does not
    <div
      className="drawer-divider"
      role="separator"
      aria-orientation="horizontal"
      aria-label={words.height}
      aria-valuenow={height}
      aria-valuemin={least}
      aria-valuemax={most()}
      tabIndex={0}
      onPointerDown={drag}
      onKeyDown={press}
      onDoubleClick={() => setHeight(272)}
    />
  )
}
