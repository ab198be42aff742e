import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { createInterface } from 'node:readline'

const headrace = join(import.meta.dirname, '..', '..', '..', 'runtime', 'cli', 'headrace.mjs')

/** Seconds from the start of `headrace edit` to the first answer with its page; it is ended then. */
export async function startEditor(folder: string, state: string): Promise<number> {
  const started = performance.now()
  const child = spawn(process.execPath, [headrace, 'edit', folder, '--state', state, '--no-open'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const [address] = /http:\/\/\S+/.exec(line) ?? []
      if (!address) continue
      const { origin, searchParams } = new URL(address)
      const answer = await fetch(origin, { headers: { authorization: `Bearer ${searchParams.get('token')}` } })
      const text = await answer.text()
      if (!answer.ok || !text.includes('<html')) throw new Error(`headrace edit answered ${answer.status}: ${text}`)
      return (performance.now() - started) / 1000
    }
    throw new Error('headrace edit printed no address')
  } finally {
    child.kill()
    await ended
  }
}
