import { Menu } from '@base-ui/react/menu'
import { Copy } from 'lucide-react'
import { Tools } from '../Tools.tsx'
import { words } from '../words.ts'

interface CopyMenuProps {
  readonly count: number
  /** More than one cell is selected. */
  readonly several: boolean
  readonly onCopy: (format: 'csv' | 'json') => void
}

/** Copies the selected cells, else all rows that are shown, as CSV or JSON. */
export function CopyMenu({ count, several, onCopy }: CopyMenuProps) {
  const what = several ? words.rows.copyRange : words.rows.copyAll(count)
  return (
    <Tools>
      <Menu.Root>
        <Menu.Trigger
          className="drawer-tool"
          aria-label={words.rows.copy}
          title={words.rows.copy}
          disabled={count === 0}
        >
          <Copy size={15} aria-hidden />
        </Menu.Trigger>
        <Menu.Portal>
          <Menu.Positioner sideOffset={4} align="end" className="drawer-menu-place">
            <Menu.Popup className="drawer-menu">
              <Menu.Item className="drawer-menu-item" onClick={() => onCopy('csv')}>
                {`${words.rows.copy} ${what} ${words.rows.csv}`}
              </Menu.Item>
              <Menu.Item className="drawer-menu-item" onClick={() => onCopy('json')}>
                {`${words.rows.copy} ${what} ${words.rows.json}`}
              </Menu.Item>
            </Menu.Popup>
          </Menu.Positioner>
        </Menu.Portal>
      </Menu.Root>
    </Tools>
  )
}
