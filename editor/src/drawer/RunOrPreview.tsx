import { chooseRows } from '../model/rowschoice.ts'
import { words } from './words.ts'

/** Chooses whose rows are shown, where there are those of a run and of the preview. */
export function RunOrPreview({ shown }: { readonly shown: 'run' | 'preview' }) {
  return (
    <fieldset className="drawer-switch" aria-label={words.rows.which}>
      {(['run', 'preview'] as const).map((one) => (
        <button key={one} type="button" aria-pressed={one === shown} onClick={() => chooseRows(one)}>
          {one === 'run' ? words.rows.runShort : words.rows.previewShort}
        </button>
      ))}
    </fieldset>
  )
}
