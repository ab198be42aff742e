import { Menu } from '@base-ui/react/menu'
import { Ellipsis } from 'lucide-react'
import { keysText } from '../command/action.ts'
import { menuActions } from '../command/actions.ts'
import { useView } from '../model/view.ts'
import { words } from './words.ts'

/** What is needed now and then. Everything in it stands in Ctrl+K too. */
export function MoreMenu() {
  useView() // what it offers depends on the place
  return (
    <Menu.Root>
      <Menu.Trigger className="button bar-more" aria-label={words.more}>
        <Ellipsis size={16} aria-hidden />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner side="bottom" align="end" sideOffset={6}>
          <Menu.Popup className="menu">
            {menuActions().map(({ id, title, keys, run }) => (
              <Menu.Item key={id} className="menu-item" onClick={run}>
                <span>{title}</span>
                {keys && <kbd>{keysText(keys)}</kbd>}
              </Menu.Item>
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}
