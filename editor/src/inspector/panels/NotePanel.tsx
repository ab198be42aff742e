import { changeNote, removeNotes } from '@headrace/runtime/pipeline'
import { edit, useDocument } from '../../model/document.ts'
import { nothing, select } from '../../model/selection.ts'
import { words } from '../words.ts'

/** A note on the canvas: its text. */
export function NotePanel({ id }: { readonly id: string }) {
  const note = useDocument(({ pipeline }) => pipeline?.notes?.[id])
  if (!note) return null
  return (
    <div className="node-panel">
      <h2 className="panel-title">{words.note.title}</h2>
      <div className="setting">
        <label className="setting-label" htmlFor="note-text">
          {words.note.text}
        </label>
        <textarea
          id="note-text"
          className="field"
          rows={8}
          value={note.text}
          onChange={({ target }) =>
            edit(words.note.changed, (pipeline) => changeNote(pipeline, id, { text: target.value }), `note ${id}`)
          }
        />
      </div>
      <button
        type="button"
        className="button"
        onClick={() => {
          edit(words.note.removed, (pipeline) => removeNotes(pipeline, [id]))
          select(nothing)
        }}
      >
        {words.note.remove}
      </button>
    </div>
  )
}
