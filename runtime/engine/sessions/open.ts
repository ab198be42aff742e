import { isAbsolute, join } from 'node:path'
import { catalogueBeside } from '../../catalogue/load.ts'
import type { ModelNode, Session } from '../../sdk/node.ts'
import { systemClock } from '../clock.ts'
import { type FromModel, packError, type SessionStart } from '../messages.ts'
import { retried } from '../retried.ts'

/** Opens a session in this thread and says so; null where it does not open, which is said too. */
export async function openSession(
  { node, folder, threads }: Pick<SessionStart, 'node' | 'folder' | 'threads'>,
  say: (message: FromModel) => void,
): Promise<Session | null> {
  const before = performance.now()
  const log = (level: 'debug' | 'info' | 'warn', message: string) => say({ type: 'log', level, message })
  try {
    const { resource } = (await (await catalogueBeside(folder)).load(node.type)) as ModelNode
    const open = () =>
      resource.open({
        config: node.config as never,
        probe: node.probe,
        resolve: (path) => (isAbsolute(path) ? path : join(folder, path)),
        threads,
        log,
      })
    const session = await retried(open, systemClock, (error) => log('warn', `will be opened again: ${error.message}`))
    say({ type: 'open', about: session.about, milliseconds: performance.now() - before })
    return session
  } catch (error) {
    say({ type: 'failed', error: packError(error) })
    return null
  }
}
