import { Menu } from '@base-ui/react/menu'
import { Popover } from '@base-ui/react/popover'
import { removeNodes, renameNode, setNodeKey } from '@headrace/runtime/pipeline'
import { Ellipsis } from 'lucide-react'
import { type FormEvent, useRef, useState } from 'react'
import { edit, useDocument } from '../../model/document.ts'
import { runToHere } from '../../model/preview.ts'
import { nothing, select } from '../../model/selection.ts'
import { words } from '../words.ts'

/** What can be done with a node besides its settings. */
export function NodeMenu({ id, disabled }: { readonly id: string; readonly disabled: boolean }) {
  const [renaming, setRenaming] = useState(false)
  const trigger = useRef<HTMLButtonElement>(null)
  const remove = (reconnect: boolean) => {
    edit(words.node.deleted(id), (pipeline) => removeNodes(pipeline, [id], reconnect))
    select(nothing)
  }
  return (
    <>
      <Menu.Root>
        <Menu.Trigger ref={trigger} className="icon-button" aria-label={words.node.actions}>
          <Ellipsis size={16} />
        </Menu.Trigger>
        <Menu.Portal>
          <Menu.Positioner className="popup-place" align="end" sideOffset={4}>
            <Menu.Popup className="popup list-popup">
              <Menu.Item className="option" onClick={() => void runToHere(id)}>
                {words.node.runToHere}
              </Menu.Item>
              <Menu.Item className="option" onClick={() => setRenaming(true)}>
                {words.node.rename}
              </Menu.Item>
              <Menu.Item
                className="option"
                onClick={() =>
                  edit(words.node.toggled(id, disabled), (pipeline) => setNodeKey(pipeline, id, 'disabled', !disabled))
                }
              >
                {disabled ? words.node.enable : words.node.disable}
              </Menu.Item>
              <Menu.Separator className="option-line" />
              <Menu.Item className="option" onClick={() => remove(true)}>
                {words.node.deleteReconnect}
              </Menu.Item>
              <Menu.Item className="option" data-danger onClick={() => remove(false)}>
                {words.node.delete}
              </Menu.Item>
            </Menu.Popup>
          </Menu.Positioner>
        </Menu.Portal>
      </Menu.Root>
      <Popover.Root open={renaming} onOpenChange={setRenaming}>
        <Popover.Portal>
          <Popover.Positioner anchor={trigger} className="popup-place" align="end" sideOffset={4}>
            <Popover.Popup className="popup rename" aria-label={words.node.rename}>
              <Rename id={id} onDone={() => setRenaming(false)} />
            </Popover.Popup>
          </Popover.Positioner>
        </Popover.Portal>
      </Popover.Root>
    </>
  )
}

/** The new id; edges, place and group follow it. */
function Rename({ id, onDone }: { readonly id: string; readonly onDone: () => void }) {
  const [name, setName] = useState(id)
  const pipeline = useDocument((document) => document.pipeline)
  const form = /^[a-z][a-z0-9_-]*$/.test(name)
  const taken = name !== id && pipeline !== null && Object.hasOwn(pipeline.nodes, name)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!form || taken) return
    edit(words.node.renamed(id, name), (before) => renameNode(before, id, name))
    select({ nodes: [name] })
    onDone()
  }
  return (
    <form onSubmit={submit}>
      <label className="setting-label" htmlFor="rename-id">
        {words.node.idLabel}
      </label>
      <div className="rename-row">
        <input
          id="rename-id"
          className="field data"
          value={name}
          spellCheck={false}
          autoComplete="off"
          onChange={({ target }) => setName(target.value)}
          aria-invalid={!form || taken || undefined}
          aria-describedby="rename-help"
        />
        <button type="submit" className="button primary" disabled={!form || taken}>
          {words.node.renameNow}
        </button>
      </div>
      <p id="rename-help" className={form && !taken ? 'setting-help' : 'setting-problem'}>
        {taken ? words.nameTaken(name) : words.node.idHelp}
      </p>
    </form>
  )
}
