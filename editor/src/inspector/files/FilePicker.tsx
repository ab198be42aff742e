import { Popover } from '@base-ui/react/popover'
import { FolderOpen } from 'lucide-react'
import { type RefObject, useRef } from 'react'
import { words } from '../words.ts'
import { FileBrowser } from './FileBrowser.tsx'

export interface Picking {
  /** What may be taken. */
  readonly takes: 'file' | 'folder' | 'both'
  /** The node type that will read it: what fits is marked. */
  readonly fits: string
  readonly current: string
  readonly onTake: (value: string) => void
}

interface FilePickerProps extends Picking {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  readonly anchor: RefObject<HTMLElement | null>
  readonly label: string
}

/** The button that opens the files, and the files beside the inspector. */
export function FilePicker({ open, onOpenChange, anchor, label, ...picking }: FilePickerProps) {
  const field = useRef<HTMLInputElement>(null)
  return (
    <Popover.Root open={open} onOpenChange={onOpenChange}>
      <Popover.Trigger className="button path-choose">
        <FolderOpen size={14} /> {label}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner anchor={anchor} side="left" align="start" sideOffset={16} className="popup-place">
          <Popover.Popup
            className="popup files"
            initialFocus={field}
            aria-label={picking.takes === 'folder' ? words.files.titleFolder : words.files.title}
          >
            <FileBrowser {...picking} field={field} />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  )
}
