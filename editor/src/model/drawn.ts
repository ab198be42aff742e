/** Frames for what comes later: half a second. */
const mostFrames = 30

/**
 * Does what needs the page as it is after the change that was just made, before the next key comes in: what a quick hand
 * types goes where it belongs, and is no key of the canvas. React draws the change in a microtask that it has asked for
 * by then. `act` says whether it found what it looks for; if not it is tried at each of the next frames, until `last` or
 * until the reader goes elsewhere.
 */
export function whenDrawn(act: (last: boolean) => boolean): void {
  const from = document.activeElement
  let frames = 0
  const attempt = () => {
    const elsewhere = ![from, document.body].includes(document.activeElement)
    if (frames > 0 && elsewhere) return
    if (act(frames === mostFrames) || frames++ === mostFrames) return
    requestAnimationFrame(attempt)
  }
  queueMicrotask(attempt)
}

/** Puts the keyboard's focus on an element that a change has just brought. */
export function focusDrawn(find: () => HTMLElement | null | undefined): void {
  whenDrawn(() => {
    const found = find()
    found?.focus()
    return Boolean(found)
  })
}
