import { useRef, useState } from 'react'
import { nodeType } from '../../model/library.ts'
import { FilePicker } from '../files/FilePicker.tsx'
import { words } from '../words.ts'
import { type InputProps, tied, useForm, useProblems } from './form.ts'
import { afterTyping, textOf } from './text.ts'

/** A file or folder: its path as text, and a picker that looks where the server may. */
export function PathInput({ format, ...props }: InputProps & { readonly format: 'path' | 'folder' | 'tokenizer' }) {
  const { path, value, fallback, required } = props
  const { set, type } = useForm()
  const [open, setOpen] = useState(false)
  const row = useRef<HTMLDivElement>(null)
  const invalid = useProblems(path).length > 0
  const model = format !== 'path' && (nodeType(type)?.kind === 'model' || format === 'tokenizer')
  const choose = model ? words.files.chooseModel : format === 'folder' ? words.files.chooseFolder : words.files.choose
  return (
    <div ref={row} className="path" data-model={model || undefined}>
      <input
        {...tied(props, invalid)}
        className="field data"
        value={textOf(value)}
        title={textOf(value)}
        placeholder={textOf(fallback)}
        required={required}
        spellCheck={false}
        autoComplete="off"
        onChange={({ target }) => set(path, afterTyping(target.value, fallback))}
      />
      <FilePicker
        open={open}
        onOpenChange={setOpen}
        anchor={row}
        label={choose}
        takes={
          format === 'folder'
            ? 'folder'
            : format === 'tokenizer'
              ? 'both'
              : (nodeType(type)?.kind ?? '') === 'source'
                ? 'both'
                : 'file'
        }
        fits={model ? 'models/embed' : type}
        current={textOf(value)}
        onTake={(taken) => {
          set(path, taken)
          setOpen(false)
        }}
      />
    </div>
  )
}
