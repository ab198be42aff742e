import { api } from '../api/client.ts'
import { client, socket } from '../api/socket.ts'
import { announce } from './announce.ts'
import { isDraft, useDocument } from './document.ts'
import { store, stored } from './history.ts'
import { attempt, notify, notifyFailure } from './notices.ts'
import { leavePipeline, openPipeline } from './open.ts'
import { paramsAsked, useParams } from './params.ts'
import { withKept } from './reconcile.ts'
import { createSync } from './syncing.ts'
import { words } from './words.ts'

const sync = createSync({
  api,
  client,
  former: () => former,
  asked: paramsAsked,
  refused: notifyFailure,
  gone,
  replaced: (id) => notify('done', words.tookFromDisk(id)),
})

/** Keeps the server's draft and the check's answer up to date with the open pipeline; returns what ends it. */
export function followSync(): () => void {
  const leave = () => {
    void sync.flush(true)
    keepForReload()
  }
  const hide = () => {
    if (document.visibilityState === 'hidden') void sync.flush()
  }
  const back = () => void sync.catchUp()
  const ends = [
    useDocument.subscribe((now, before) => {
      if (now.id !== null && now.id !== before.id) bringBack(now.id)
    }),
    sync.follow(),
    useParams.subscribe(sync.checkAgain),
  ]
  socket.on('pipeline', sync.fileChanged).on('draft', sync.draftChanged)
  socket.on('files', sync.checkAgain).on('connect', back)
  window.addEventListener('pagehide', leave)
  document.addEventListener('visibilitychange', hide)
  return () => {
    for (const end of ends) end()
    socket.off('pipeline', sync.fileChanged).off('draft', sync.draftChanged)
    socket.off('files', sync.checkAgain).off('connect', back)
    window.removeEventListener('pagehide', leave)
    document.removeEventListener('visibilitychange', hide)
  }
}

/** Writes the file; false where that was refused. */
export async function saveDocument(): Promise<boolean> {
  const done = await sync.save()
  if (done) announce(words.saved)
  return done
}

/** Goes back to what the file says; Undo brings the draft back. */
export const discardDraft = (): Promise<void> => sync.discard()

/** In a conflict: the text here stays, the other one is a step of Undo. */
export const keepMine = (): void => sync.keepMine()

/** In a conflict: the other text is taken, the one here is a step of Undo. */
export const takeTheirs = (): void => sync.takeTheirs()

function keepForReload(): void {
  const { id, text, synced, undo, redo } = useDocument.getState()
  if (id !== null) store(sessionStorage, { id, client, text, synced, undo, redo })
}

let reloaded = true
/** What this tab called itself before the reload. */
let former: string | null = null

/** The steps of undo from before a reload, and edits that had not reached the server. */
function bringBack(id: string): void {
  const kept = reloaded ? stored(sessionStorage, id) : null
  reloaded = false
  former = kept?.client ?? former
  if (kept) useDocument.setState(withKept(useDocument.getState(), kept))
}

function gone(id: string): void {
  const keep = () =>
    attempt(words.notSaved, async () => {
      const { text } = useDocument.getState()
      const name = id.replace(/^.*\//, '').replace(/\.json$/, '')
      await openPipeline((await api.post<{ id: string }>('pipelines', { name, text })).id)
    })
  const actions = [
    { title: words.keepAsNew, run: () => void keep() },
    { title: words.close, run: leavePipeline },
  ]
  if (isDraft(useDocument.getState()) || useDocument.getState().text)
    notify('warning', words.gone(id), { hint: words.goneHint, actions })
}
