import { setNodeKey } from '@headrace/runtime/pipeline'
import { edit } from '../../model/document.ts'
import { stage } from '../stage.ts'
import { words } from '../words.ts'

/** The card's name as a field: Enter sets the title, Escape leaves it as it is. */
export function CardTitle({ id, name }: { readonly id: string; readonly name: string }) {
  const done = (title: string | null) => {
    stage({ renaming: null })
    if (title === null || title.trim() === name) return
    const kept = title.trim() === id ? undefined : title.trim()
    edit(`Rename ${id}`, (pipeline) => setNodeKey(pipeline, id, 'title', kept))
  }
  return (
    <input
      className="card-title nodrag"
      aria-label={words.nameOf(id)}
      defaultValue={name}
      ref={(input) => input?.select()}
      onBlur={({ target }) => done(target.value)}
      onKeyDown={(event) => {
        event.stopPropagation()
        if (event.key === 'Enter') event.currentTarget.blur()
        if (event.key !== 'Escape') return
        event.currentTarget.value = name
        event.currentTarget.blur()
      }}
    />
  )
}
