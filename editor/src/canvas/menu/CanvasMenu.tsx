import { Menu } from '@base-ui/react/menu'
import { useMemo } from 'react'
import { keysText } from '../../command/action.ts'
import { canvasActions } from '../actions.ts'
import { canvasElement, type MenuTarget, stage, useStage } from '../stage.ts'
import { words } from '../words.ts'
import { menuOf } from './entries.ts'
import './menu.css'

/** The menu of a node, an edge, a group, a note or the canvas: at the pointer, or beside what is selected. */
export function CanvasMenu() {
  const menu = useStage((stage) => stage.menu)
  return menu && <Open key={`${menu.screen.x} ${menu.screen.y}`} menu={menu} />
}

function Open({ menu }: { readonly menu: MenuTarget }) {
  const { of, screen } = menu
  const anchor = useMemo(() => ({ getBoundingClientRect: () => new DOMRect(screen.x, screen.y, 0, 0) }), [screen])
  const entries = menuOf(of, canvasActions)
  return (
    <Menu.Root open modal={false} onOpenChange={(open) => !open && stage({ menu: null })}>
      <Menu.Portal>
        <Menu.Positioner anchor={anchor} side="bottom" align="start" sideOffset={2} className="menu-place">
          <Menu.Popup className="menu" aria-label={words.menu} finalFocus={() => canvasElement()}>
            {entries.map((entry, i) =>
              entry === null ? (
                <Menu.Separator key={`line ${i}`} className="menu-line" />
              ) : (
                <Menu.Item
                  key={entry.id}
                  className="menu-item"
                  disabled={!entry.enabled()}
                  onClick={() => {
                    stage({ menu: null })
                    // The menu gives the focus back first; what runs may want it elsewhere.
                    setTimeout(entry.run)
                  }}
                >
                  <span>{entry.title}</span>
                  {entry.keys && <kbd>{keysText(entry.keys)}</kbd>}
                </Menu.Item>
              ),
            )}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}
