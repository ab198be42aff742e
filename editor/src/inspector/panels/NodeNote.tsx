import { setNodeKey } from '@headrace/runtime/pipeline'
import { useState } from 'react'
import { edit } from '../../model/document.ts'
import { focusDrawn } from '../../model/drawn.ts'
import { words } from '../words.ts'

/** What people should know about the node. */
export function NodeNote({ id, note }: { readonly id: string; readonly note: string }) {
  const [open, setOpen] = useState(false)
  if (note === '' && !open) {
    return (
      <button
        type="button"
        className="link-button"
        onClick={() => {
          setOpen(true)
          focusDrawn(() => document.getElementById(`note-${id}`))
        }}
      >
        {words.node.addNote}
      </button>
    )
  }
  return (
    <div className="setting">
      <label className="setting-label" htmlFor={`note-${id}`}>
        {words.node.note}
      </label>
      <textarea
        id={`note-${id}`}
        className="field"
        rows={Math.min(8, note.split('\n').length + 1)}
        value={note}
        onChange={({ target }) =>
          edit(words.node.noted(id), (pipeline) => setNodeKey(pipeline, id, 'note', target.value), `note ${id}`)
        }
      />
    </div>
  )
}
