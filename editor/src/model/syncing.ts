import type { CheckAnswer, Draft, PipelineText } from '@headrace/runtime/api'
import { type Document, setText, useDocument } from './document.ts'
import { isAhead, keepHere, takeOther, withDraft, withFile } from './reconcile.ts'
import { words } from './words.ts'

/** The server's REST as the document needs it; a refusal has a `status` and a `body`. */
export interface Rest {
  readonly get: <T>(path: string) => Promise<T>
  readonly post: <T>(path: string, body: unknown, signal?: AbortSignal) => Promise<T>
  readonly put: <T>(path: string, body: unknown, options?: { readonly keepalive?: boolean }) => Promise<T>
  readonly delete: <T>(path: string) => Promise<T>
}

/** What a synchroniser works with. */
export interface SyncParts {
  readonly api: Rest
  /** What goes along with a check besides the text: the values of parameters. */
  readonly asked?: () => object
  /** What this tab calls itself. */
  readonly client: string
  /** What it called itself before it was reloaded: the last draft of then may come after the page was read anew. */
  readonly former?: () => string | null
  /** Tells the reader that something was refused. */
  readonly refused: (what: string, error: unknown) => void
  /** The file is there no more. */
  readonly gone: (id: string) => void
  /** The text was replaced by what is on disk now. */
  readonly replaced: (id: string) => void
  /** Milliseconds: until a check, until a draft is kept after the last and after the first change, until it is tried again. */
  readonly pause?: { readonly check: number; readonly draft: number; readonly most: number; readonly again: number }
}

const usual = { check: 60, draft: 300, most: 900, again: 2000 }

interface Refusal {
  readonly status: number
  readonly body: unknown
}

const isRefusal = (error: unknown): error is Refusal =>
  typeof error === 'object' && error !== null && 'status' in error && typeof error.status === 'number'

/** Keeps the open document, the server's draft, its file and its check in step. */
export interface Sync {
  readonly follow: () => () => void
  /** The server told of another file or (null) that it is gone. */
  readonly fileChanged: (id: string, change: { text: string; version: string; client: string | null } | null) => void
  readonly draftChanged: (id: string, draft: Draft | null, client: string) => void
  /** Something outside the text changed: files, node types. */
  readonly checkAgain: () => void
  /** After the server was away: takes what changed meanwhile, and sends what waits. */
  readonly catchUp: () => Promise<void>
  /** Sends what waits now; `leaving`: the page goes. */
  readonly flush: (leaving?: boolean) => Promise<void>
  /** Writes the file; false where that was refused. */
  readonly save: () => Promise<boolean>
  readonly discard: () => Promise<void>
  readonly keepMine: () => void
  readonly takeTheirs: () => void
}

/** The path of a pipeline in the REST interface. */
const pathOf = (id: string): string => `pipelines/${encodeURIComponent(id)}`

/** Makes a synchroniser for the open document. */
export function createSync({
  api,
  client,
  refused,
  gone,
  replaced,
  asked = () => ({}),
  former = () => null,
  pause = usual,
}: SyncParts): Sync {
  let checkTimer: ReturnType<typeof setTimeout> | undefined
  let draftTimer: ReturnType<typeof setTimeout> | undefined
  let firstChange = 0
  let checking: AbortController | null = null
  let turn: Promise<unknown> = Promise.resolve()
  const get = useDocument.getState
  const set = (change: Partial<Document>) => useDocument.setState(change)

  /** Changes the document if it is still the one that was asked for. */
  const setOf = (id: string, change: (document: Document) => Partial<Document>) => {
    if (get().id === id) set(change(get()))
  }

  const isOwn = (one: string) => one === client || one === former()

  /** A draft of this tab's own says what the server has, and is never another text to take or to choose from. */
  const withOwn = ({ saved, revision }: Document, draft: Draft | null): Partial<Document> => {
    if (!draft) return { revision: 0, synced: saved }
    return draft.revision > revision ? { revision: draft.revision, synced: draft.text } : {}
  }

  /** One request after the other: a draft that was sent earlier never arrives after a save. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = turn.then(work)
    turn = next.catch(() => {})
    return next
  }

  function draftSoon(milliseconds = pause.draft): void {
    const now = Date.now()
    if (draftTimer === undefined) firstChange = now
    clearTimeout(draftTimer)
    const wait = Math.max(0, Math.min(milliseconds, firstChange + pause.most - now))
    draftTimer = setTimeout(() => void flush(), milliseconds > pause.most ? milliseconds : wait)
  }

  function flush(leaving = false): Promise<void> {
    clearTimeout(draftTimer)
    draftTimer = undefined
    return leaving ? keepDraft(get(), true) : inTurn(() => keepDraft(get()))
  }

  async function keepDraft(document: Document, keepalive = false): Promise<void> {
    const { id, text, saved, version, revision, conflict } = document
    if (id === null || !isAhead(document) || conflict?.draft) return
    try {
      if (text !== saved) {
        const change = { text, base: version, revision, client }
        const draft = await api.put<Draft>(`${pathOf(id)}/draft`, change, { keepalive })
        setOf(id, () => ({ synced: text, revision: draft.revision }))
      } else {
        if (revision) await api.delete(`${pathOf(id)}/draft?client=${client}`)
        setOf(id, () => ({ synced: text, revision: 0 }))
      }
      if (get().id === id && isAhead(get())) draftSoon()
    } catch (error) {
      if (get().id !== id) return
      if (!isRefusal(error)) draftSoon(pause.again)
      else if (error.status === 409) draftRefused(error.body as Draft)
      else if (error.status === 404) gone(id)
      else refused(words.notKept, error)
    }
  }

  /** Another draft stands, or none any more. */
  function draftRefused(standing: Draft): void {
    const document = get()
    if (standing.revision === 0) {
      const { base, text } = standing
      set({ ...withFile(document, { text, version: base, client: null }), revision: 0 })
    } else if (isOwn(standing.client)) set({ revision: standing.revision })
    else set(withDraft(document, standing))
    if (!get().conflict && isAhead(get())) draftSoon()
  }

  function checkSoon(): void {
    clearTimeout(checkTimer)
    checkTimer = setTimeout(() => void check(), pause.check)
  }

  async function check(): Promise<void> {
    const { id, text, pipeline } = get()
    checking?.abort()
    if (id === null || !pipeline) return
    const control = (checking = new AbortController())
    try {
      const checked = await api.post<CheckAnswer>('check', { pipeline: id, text, ...asked() }, control.signal)
      if (!control.signal.aborted) setOf(id, () => ({ checked, checkedText: text }))
    } catch (error) {
      if (isRefusal(error) && !control.signal.aborted) refused(words.notChecked, error)
    }
  }

  function fileChanged(id: string, change: { text: string; version: string; client: string | null } | null): void {
    const document = get()
    if (id !== document.id || (change && change.client === client)) return
    if (!change) {
      gone(id)
      return
    }
    const next = withFile(document, change)
    set(next)
    if (next.text !== undefined) replaced(id)
  }

  async function catchUp(): Promise<void> {
    const { id } = get()
    if (id === null) return
    try {
      const { text, version, draft, locked } = await inTurn(() => api.get<PipelineText>(pathOf(id)))
      fileChanged(id, { text, version, client: null })
      setOf(id, () => ({ locked: locked ?? null }))
      const own = draft !== null && isOwn(draft.client)
      setOf(id, (document) => (own ? withOwn : withDraft)(document, draft))
      if (isAhead(get())) draftSoon()
      checkSoon()
    } catch (error) {
      if (isRefusal(error) && error.status === 404) gone(id)
    }
  }

  async function save(): Promise<boolean> {
    clearTimeout(draftTimer)
    draftTimer = undefined
    const { id, text } = get()
    return inTurn(async () => {
      const { id: still, version } = get()
      if (id === null || still !== id) return false
      try {
        const saved = await api.put<PipelineText>(pathOf(id), { text, base: version, client })
        setOf(id, () => ({
          saved: text,
          version: saved.version,
          revision: saved.draft?.revision ?? 0,
          synced: saved.draft?.text ?? text,
          conflict: null,
        }))
        if (isAhead(get())) draftSoon()
        return true
      } catch (error) {
        return saveRefused(id, error)
      }
    })
  }

  function saveRefused(id: string, error: unknown): boolean {
    const body = isRefusal(error) && error.status === 409 ? (error.body as Partial<PipelineText> | null) : null
    if (isRefusal(error) && error.status === 404) gone(id)
    else if (typeof body?.text === 'string' && typeof body.version === 'string') {
      const { text, version } = body
      setOf(id, (document) => withFile(document, { text, version, client: null }))
      if (get().id === id && !get().conflict && get().text === text) return true
      draftSoon()
    } else {
      refused(words.notSaved, error)
      draftSoon()
    }
    return false
  }

  async function discard(): Promise<void> {
    const { id } = get()
    if (id === null) return
    try {
      await inTurn(() => api.delete(`${pathOf(id)}/draft?client=${client}`))
      setOf(id, ({ saved }) => ({ revision: 0, synced: saved }))
      if (get().id === id) setText(words.discardStep, get().saved)
    } catch (error) {
      refused(words.notDiscarded, error)
    }
  }

  function resolve(choose: (document: Document) => Partial<Document>): void {
    set(choose(get()))
    draftSoon(0)
  }

  return {
    follow: () =>
      useDocument.subscribe((now, before) => {
        if (now.id !== before.id) {
          clearTimeout(draftTimer)
          draftTimer = undefined
          void inTurn(() => keepDraft(before))
        }
        if (now.id === null || (now.id === before.id && now.text === before.text)) return
        checkSoon()
        if (isAhead(now)) draftSoon()
      }),
    fileChanged: (id, change) => {
      fileChanged(id, change)
      // Perhaps it was mended: the server knows whether it can be saved now.
      if (id === get().id && get().locked !== null) void catchUp()
    },
    draftChanged: (id, draft, from) => {
      if (from === client) return
      setOf(id, (document) => (isOwn(from) ? withOwn : withDraft)(document, draft))
      if (isOwn(from) && get().id === id && isAhead(get())) draftSoon()
    },
    checkAgain: checkSoon,
    catchUp,
    flush,
    save,
    discard,
    keepMine: () => resolve(keepHere),
    takeTheirs: () => resolve(takeOther),
  }
}
