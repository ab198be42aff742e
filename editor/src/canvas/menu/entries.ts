import type { Action } from '../../command/action.ts'
import type { MenuTarget } from '../stage.ts'

/** A line of the menu. */
export interface MenuEntry {
  readonly id: string
  readonly title: string
  readonly keys?: string
  readonly enabled: () => boolean
  readonly run: () => void
}

// '-' is a line between two parts.
const parts: { readonly [of in MenuTarget['of']]: readonly string[] } = {
  node: [
    'settings',
    'connect',
    'rename',
    'disable',
    '-',
    'cut',
    'copy',
    'duplicate',
    '-',
    'group',
    '-',
    'delete',
    'delete-reconnect',
  ],
  edge: ['edge-columns', 'edge-insert', '-', 'delete'],
  group: ['fold', 'rename', 'disable', '-', 'copy', 'duplicate', '-', 'ungroup'],
  note: ['rename', '-', 'delete'],
  canvas: ['add-node', 'paste', 'note', '-', 'select-all', 'tidy', 'fit'],
}

/** The lines of a menu, null for a line between them; each is an action with the same name everywhere. */
export function menuOf(of: MenuTarget['of'], actions: readonly Action[]): readonly (MenuEntry | null)[] {
  return parts[of].flatMap((id): (MenuEntry | null)[] => {
    if (id === '-') return [null]
    const action = actions.find((one) => one.id === id)
    if (!action) return []
    const { title, keys, enabled = () => true, run } = action
    return [{ id, title, enabled, run, ...(keys && { keys }) }]
  })
}
