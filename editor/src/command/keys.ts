import { pressed } from './action.ts'
import { actionOf } from './actions.ts'

/** Listens to the keys of all actions, for as long as the page lives. */
export function followKeys(): void {
  window.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.repeat) return
    const typing = isTyping(event.target)
    const action = actionOf(
      ({ keys, everywhere, keysWhen }) =>
        keys !== undefined && (everywhere || !typing) && pressed(keys, event) && (keysWhen?.() ?? true),
    )
    if (!action) return
    event.preventDefault()
    action.run()
  })
}

/** A text field has its own undo, copy and arrows. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return (
    target.isContentEditable ||
    target.matches('input:not([type=checkbox], [type=radio], [type=range]), textarea, select')
  )
}
