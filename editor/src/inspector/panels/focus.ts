import { whenDrawn } from '../../model/drawn.ts'

const focusable = 'input:not([type="radio"]), [contenteditable="true"], textarea, select, button'

/**
 * Puts the cursor into a setting of a panel, or into its nearest part that is shown; '' means the first that the node
 * needs and does not have. `open` opens its picker.
 */
export function focusSetting(panel: HTMLElement | null, setting: string, open = false): void {
  whenDrawn(() => {
    const row = setting === '' ? needed(panel) : rowOf(panel, setting)
    if (!row) return false
    row.scrollIntoView({ block: 'nearest' })
    const picker = open ? row.querySelector<HTMLElement>('.path-choose') : null
    const field = fieldOf(row)
    if (picker) picker.click()
    else field?.focus()
    return Boolean(picker ?? field)
  })
}

const needed = (panel: HTMLElement | null): HTMLElement | null =>
  panel?.querySelector<HTMLElement>('[data-open]') ?? panel?.querySelector<HTMLElement>('[data-setting]') ?? null

/** `routes[2].where`, else `routes[2]`, else `routes`. */
function rowOf(panel: HTMLElement | null, setting: string): HTMLElement | null {
  for (let path = setting; path !== ''; path = path.replace(/(\.[^.[\]]*|\[\d+\]|^[^.[\]]+)$/, '')) {
    const row = panel?.querySelector<HTMLElement>(`[data-setting="${CSS.escape(path)}"]`)
    if (row) return row
  }
  return null
}

/** The row's own field: not the buttons beside its name. */
function fieldOf(row: HTMLElement): HTMLElement | null {
  const fields = [...row.querySelectorAll<HTMLElement>(focusable)].filter((one) => !one.closest('.setting-head'))
  return fields[0] ?? null
}
