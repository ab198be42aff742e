import { Upload } from 'lucide-react'
import { type DragEvent, useRef, useState } from 'react'
import { words } from './words.ts'

/** Takes a file of the reader's, dropped or chosen. */
export function DropCard({ disabled, onFile }: { readonly disabled: boolean; readonly onFile: (file: File) => void }) {
  const input = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const hover = (event: DragEvent) => {
    event.preventDefault()
    setOver(true)
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    const [file] = event.dataTransfer.files
    if (file && !disabled) onFile(file)
  }
  return (
    <>
      <button
        type="button"
        className="start-card start-drop"
        data-over={over || undefined}
        disabled={disabled}
        onClick={() => input.current?.click()}
        onDragOver={hover}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <Upload size={18} aria-hidden />
        <strong>{words.drop}</strong>
        <span className="soft">{over ? words.dropNow : words.dropHelp}</span>
      </button>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={words.choose}
        onChange={({ target }) => {
          const [file] = target.files ?? []
          if (file) onFile(file)
          target.value = ''
        }}
      />
    </>
  )
}
