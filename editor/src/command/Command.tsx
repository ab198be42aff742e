import { Dialog } from '@base-ui/react/dialog'
import { Command as Cmdk } from 'cmdk'
import { useMemo, useRef, useState } from 'react'
import { keysText } from './action.ts'
import { type Entry, entries } from './entries.ts'
import { findEntries } from './find.ts'
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
  const all = useMemo(entries, [])
  const [query, setQuery] = useState('')
  const groups = useMemo(() => [...findEntries(all, query)], [all, query])
  const [chosen, setChosen] = useState('')
  const list = useRef<HTMLDivElement>(null)
  return (
    <Cmdk loop label="Find anything" shouldFilter={false} value={chosen || idOfFirst(groups)} onValueChange={setChosen}>
      <Cmdk.Input
        className="command-input"
        placeholder="Find a command, node, setting or pipeline"
        autoFocus
        value={query}
        onValueChange={(value) => {
          setQuery(value)
          setChosen(idOfFirst([...findEntries(all, value)]))
          list.current?.scrollTo(0, 0)
        }}
      />
      <Cmdk.List ref={list} className="command-list">
        <Cmdk.Empty className="command-none soft">Nothing is called that.</Cmdk.Empty>
        {groups.map(([group, found]) => (
          <Cmdk.Group key={group} heading={group}>
            {found.map(({ id, title, about, keys, run }) => (
              <Cmdk.Item
                key={id}
                value={id}
                onSelect={() => {
                  // While it fades a second Enter chooses nothing more.
                  if (!useCommand.getState().open) return
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

const idOfFirst = ([first]: readonly (readonly [string, readonly Entry[]])[]): string => first?.[1][0]?.id ?? ''
