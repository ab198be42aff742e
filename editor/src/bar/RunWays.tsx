import { Menu } from '@base-ui/react/menu'
import { ChevronDown } from 'lucide-react'
import { run } from './run.ts'
import { words } from './words.ts'

/** Other ways to run than all of it: what is new. */
export function RunWays({ disabled }: { readonly disabled: boolean }) {
  return (
    <Menu.Root>
      <Menu.Trigger
        className="button primary bar-run-ways"
        aria-label={words.runWays}
        title={words.runWays}
        disabled={disabled}
      >
        <ChevronDown size={14} aria-hidden />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner side="bottom" align="end" sideOffset={6}>
          <Menu.Popup className="menu">
            <Menu.Item className="menu-item bar-run-way" onClick={() => void run(true)}>
              <span>{words.runNew}</span>
              <span className="soft">{words.runNewHelp}</span>
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}
