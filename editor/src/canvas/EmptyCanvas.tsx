import { FileUp, Plus } from 'lucide-react'
import { useDocument } from '../model/document.ts'
import { useLibrary } from '../model/library.ts'
import { KindIcon } from './parts/KindIcon.tsx'
import { dropFiles } from './pointer.ts'
import { middleOnScreen, spotUnder, stage } from './stage.ts'
import { words } from './words.ts'

/** Says what to do next on a canvas without nodes, or with none that reads rows. */
export function EmptyCanvas() {
  const state = useDocument(({ pipeline }) => pipeline)
  const types = useLibrary((library) => library.nodes)
  if (!state || types.length === 0) return null
  const ids = Object.values(state.nodes)
  const hasSource = ids.some(({ type }) => types.find((one) => one.type === type)?.kind === 'source')
  const hasUnknown = ids.some(({ type }) => !types.some((one) => one.type === type))
  if (hasSource || hasUnknown) return null
  const search = () => {
    const screen = middleOnScreen()
    stage({ quick: { screen, at: spotUnder(screen) } })
  }
  return (
    <div className="empty-canvas" data-some={ids.length > 0 || undefined}>
      <div className="empty-way" aria-hidden>
        <KindIcon kind="source" />
        <i />
        <KindIcon kind="transform" />
        <i />
        <KindIcon kind="model" />
        <i />
        <KindIcon kind="sink" />
      </div>
      <strong>{ids.length ? words.noSource : words.empty}</strong>
      <p className="soft">{ids.length ? words.noSourceHelp : words.emptyHelp}</p>
      <div className="empty-buttons">
        <button type="button" className="button" onClick={search}>
          <Plus size={14} aria-hidden />
          {words.addNode}
        </button>
        <label className="button">
          <FileUp size={14} aria-hidden />
          {words.chooseFile}
          <input
            className="visually-hidden"
            type="file"
            multiple
            onChange={({ target }) => void dropFiles([...(target.files ?? [])], spotUnder(middleOnScreen()))}
          />
        </label>
      </div>
    </div>
  )
}
