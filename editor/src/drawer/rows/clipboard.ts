import { announce } from '../../model/announce.ts'
import { notify } from '../../model/notices.ts'
import { words } from '../words.ts'

/** Puts a text on the clipboard and says so; where the browser does not allow it, says that. */
export async function copyText(text: string, done: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    announce(done)
    notify('done', done)
  } catch {
    notify('failed', words.rows.copyFailed)
  }
}
