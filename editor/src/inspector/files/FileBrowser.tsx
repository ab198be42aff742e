import type { FileEntry } from '@headrace/runtime/api'
import { ArrowUp, Check, File, Folder } from 'lucide-react'
import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from 'react'
import { bytes } from '../../style/numbers.ts'
import { words } from '../words.ts'
import type { Picking } from './FilePicker.tsx'
import { folderOf, inOrder, stepsTo, useListing } from './listing.ts'
import './files.css'

interface FileBrowserProps extends Picking {
  /** Takes the focus first. */
  readonly field: RefObject<HTMLInputElement | null>
}

/** The files of the folder and the roots: type to filter, arrows to walk, Enter opens or takes, Backspace goes up. */
export function FileBrowser({ takes, fits, current, onTake, field }: FileBrowserProps) {
  const [path, setPath] = useState(() => folderOf(current))
  const [query, setQuery] = useState('')
  const [place, setPlace] = useState(0)
  const { list, loading, error } = useListing(path)
  const marked = useRef<HTMLDivElement>(null)
  const entries = inOrder(list?.entries ?? [], query).filter(({ kind }) => takes !== 'folder' || kind === 'folder')
  const at = Math.min(place, entries.length - 1)
  const chosen = entries[at]
  const open = (to: string) => {
    setPath(to)
    setQuery('')
    setPlace(0)
  }
  const isTaken = ({ kind, fits: reads }: FileEntry) => kind === 'file' || (takes !== 'file' && reads !== null)
  const enter = (entry: FileEntry) => (isTaken(entry) ? onTake(entry.value) : open(entry.value))
  // A folder that was renamed or taken away is no place to be stuck in.
  useEffect(() => {
    if (error && !list && path !== '') setPath('')
  }, [error, list, path])
  // The marked entry scrolls into view when it is another one
  useEffect(() => {
    marked.current?.scrollIntoView({ block: 'nearest' })
  }, [at])
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      setPlace(Math.max(0, Math.min(entries.length - 1, at + step)))
    } else if (event.key === 'Enter' && chosen) {
      event.preventDefault()
      enter(chosen)
    } else if (event.key === 'ArrowRight' && query === '' && chosen?.kind === 'folder') open(chosen.value)
    else if ((event.key === 'Backspace' || event.key === 'ArrowLeft') && query === '' && list?.parent != null)
      open(list.parent)
  }
  return (
    <>
      <nav className="files-way" aria-label={words.files.way}>
        <button
          type="button"
          className="icon-button"
          aria-label={words.files.up}
          disabled={list?.parent == null}
          onClick={() => open(list?.parent ?? '')}
        >
          <ArrowUp size={14} />
        </button>
        <button type="button" className="crumb" aria-current={path === '' || undefined} onClick={() => open('')}>
          {words.files.here}
        </button>
        {stepsTo(list?.path ?? path).map((step) => (
          <button key={step.path} type="button" className="crumb" onClick={() => open(step.path)}>
            {step.name}
          </button>
        ))}
      </nav>
      <input
        ref={field}
        className="field"
        role="combobox"
        aria-expanded="true"
        aria-controls="files-list"
        aria-activedescendant={chosen && `files-${at}`}
        aria-label={words.files.search}
        placeholder={words.files.search}
        value={query}
        onChange={({ target }) => {
          setQuery(target.value)
          setPlace(0)
        }}
        onKeyDown={onKeyDown}
      />
      <div id="files-list" role="listbox" className="files-list" aria-label={words.files.title} aria-busy={loading}>
        {entries.map((entry, i) => (
          <Entry
            key={entry.value}
            entry={entry}
            id={`files-${i}`}
            marked={i === at ? marked : null}
            fits={entry.fits === fits}
            current={entry.value === current}
            onPick={() => enter(entry)}
            onOpen={() => open(entry.value)}
          />
        ))}
        {entries.length === 0 && !loading && !error && (
          <p className="popup-empty">{query ? words.files.noMatch : words.files.empty}</p>
        )}
        {loading && entries.length === 0 && <p className="popup-empty">{words.files.loading}</p>}
      </div>
      {error && (
        <p className="setting-problem" role="alert">
          {error}
        </p>
      )}
      <div className="files-foot">
        {list?.roots.map(({ name, value }) => (
          <button key={value} type="button" className="small-button" title={value} onClick={() => open(value)}>
            {name}
          </button>
        ))}
        {takes !== 'file' && list && path !== '' && (
          <button type="button" className="button primary files-take" onClick={() => onTake(list.path || '.')}>
            {words.files.take}
          </button>
        )}
      </div>
    </>
  )
}

interface EntryProps {
  readonly entry: FileEntry
  readonly id: string
  readonly marked: RefObject<HTMLDivElement | null> | null
  readonly fits: boolean
  readonly current: boolean
  readonly onPick: () => void
  readonly onOpen: () => void
}

function Entry({ entry, id, marked, fits, current, onPick, onOpen }: EntryProps) {
  const Icon = entry.kind === 'folder' ? Folder : File
  const note = fits ? words.files.fits : entry.kind === 'folder' ? '' : bytes(entry.size)
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys for the whole list
    <div
      ref={marked}
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={marked !== null}
      className="option files-entry"
      data-highlighted={marked !== null || undefined}
      data-fits={fits || undefined}
      onClick={onPick}
      onDoubleClick={entry.kind === 'folder' ? onOpen : undefined}
    >
      <Icon size={14} className="files-icon" />
      <span className="option-name">{entry.name}</span>
      {current && <Check size={12} />}
      <span className="option-note">{note}</span>
    </div>
  )
}
