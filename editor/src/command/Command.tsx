import { Dialog } from '@base-ui/react/dialog'
import { Command as Cmdk } from 'cmdk'
import { useMemo } from 'react'
import { keysText } from './action.ts'
import { entries } from './entries.ts'
import { useCommand } from './state.ts'
import './command.css'

const close = () => useCommand.setState({ open: false })

/** Ctrl+K: finds every action, node, node type, pipeline and setting. */
export function Command() {
  const { open } = useCommand()
  return (
    <Dialog.Root open={open} onOpenChange={(is) => useCommand.setState({ open: is })}>
      <Dialog.Portal>
        <Dialog.Backdrop className="command-back" />
        <Dialog.Popup className="command" aria-label="Find anything">
          <List />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function List() {
  const groups = useMemo(() => [...Map.groupBy(entries(), ({ group }) => group)], [])
  return (
    <Cmdk loop label="Find anything">
      <Cmdk.Input className="command-input" placeholder="Find a command, node, setting or pipeline" autoFocus />
      <Cmdk.List className="command-list">
        <Cmdk.Empty className="command-none soft">Nothing is called that.</Cmdk.Empty>
        {groups.map(([group, all]) => (
          <Cmdk.Group key={group} heading={group}>
            {all.map(({ id, title, about, keys, run }) => (
              <Cmdk.Item
                key={id}
                value={`${title} ${about ?? ''} ${id}`}
                onSelect={() => {
                  close()
                  // The dialog gives the focus back first; what runs may want it elsewhere.
                  setTimeout(run)
                }}
              >
                <span>{title}</span>
                {about && <span className="soft command-about">{about}</span>}
                {keys && <kbd>{keysText(keys)}</kbd>}
              </Cmdk.Item>
            ))}
          </Cmdk.Group>
        ))}
      </Cmdk.List>
    </Cmdk>
  )
}
