import type { FileEntry, FileList } from '@headrace/runtime/api'
import { useEffect, useState } from 'react'
import { api, Refused } from '../../api/client.ts'
import { useDocument } from '../../model/document.ts'
import { words } from '../words.ts'

export interface Listing {
  readonly list: FileList | null
  readonly loading: boolean
  readonly error: string
}

/** What lies in a folder, as the server sees it from the open pipeline. */
export function useListing(path: string): Listing {
  const pipeline = useDocument(({ id }) => id)
  const [listing, setListing] = useState<Listing>({ list: null, loading: true, error: '' })
  useEffect(() => {
    const control = new AbortController()
    const query = new URLSearchParams({ path, ...(pipeline !== null && { pipeline }) })
    setListing((before) => ({ ...before, loading: true, error: '' }))
    api.get<FileList>(`files?${query}`, control.signal).then(
      (list) => setListing({ list, loading: false, error: '' }),
      (error: unknown) => {
        if (control.signal.aborted) return
        const said = error instanceof Refused ? [error.message, error.hint].filter(Boolean).join(' ') : words.files.away
        setListing((before) => ({ ...before, loading: false, error: said }))
      },
    )
    return () => control.abort()
  }, [path, pipeline])
  return listing
}

/** Folders first, then by name as people count: `part-2` before `part-10`. */
export function inOrder(entries: readonly FileEntry[], query: string): FileEntry[] {
  const wanted = query.trim().toLowerCase()
  return entries
    .filter(({ name }) => name.toLowerCase().includes(wanted))
    .sort(
      (a, b) =>
        Number(b.kind === 'folder') - Number(a.kind === 'folder') ||
        a.name.localeCompare(b.name, undefined, { numeric: true }),
    )
}

/** The folder in which a setting's path lies, to open the picker there; '' where it has none. */
export function folderOf(value: string): string {
  const fixed = value.split(/[*?[{]/)[0] ?? ''
  const cut = fixed.lastIndexOf('/')
  return cut > 0 ? fixed.slice(0, cut) : ''
}

/** The steps to a folder, each with the path that opens it. */
export function stepsTo(path: string): { readonly name: string; readonly path: string }[] {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  const start = path.startsWith('/') ? '/' : ''
  return parts.map((name, i) => ({ name, path: start + parts.slice(0, i + 1).join('/') }))
}
