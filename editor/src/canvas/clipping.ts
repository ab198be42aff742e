import type { Action } from '../command/action.ts'
import { words } from './words.ts'

/** Copy, cut, paste and duplicate. */
export const clipboardActions = (some: () => boolean, here: () => boolean): readonly Action[] => [
  { id: 'copy', title: words.copy, group: 'Node', enabled: () => some() && here(), run: () => {} },
]
