/** A refusal of the server: its sentence, what to do, and the answer's body. */
export class Refused extends Error {
  readonly status: number
  readonly hint: string | undefined
  readonly body: unknown

  constructor(status: number, body: unknown) {
    const { error, hint } = (body ?? {}) as { error?: string; hint?: string } // what the server sends with a refusal
    super(error ?? `the server answered ${status}`)
    this.status = status
    this.hint = hint
    this.body = body
  }
}

/** What a request may say besides: who ends it, and that it outlives the page. */
interface Options {
  readonly signal?: AbortSignal | undefined
  readonly keepalive?: boolean
}

/** Browsers let no more than 64 KiB outlive a page. */
const mostKeptAlive = 60_000

async function ask<T>(method: string, path: string, body?: unknown, { signal, keepalive }: Options = {}): Promise<T> {
  const sent = body === undefined ? undefined : JSON.stringify(body)
  const answer = await fetch(`api/${path}`, {
    method,
    credentials: 'same-origin',
    ...(sent !== undefined && { headers: { 'content-type': 'application/json' }, body: sent }),
    ...(signal && { signal }),
    ...(keepalive && new TextEncoder().encode(sent).length < mostKeptAlive && { keepalive }),
  })
  const text = await answer.text()
  const value: unknown = text === '' ? null : JSON.parse(text)
  if (!answer.ok) throw new Refused(answer.status, value)
  return value as T // the server's own types: runtime/server/api.ts
}

/** The server's REST interface, with the types of `@headrace/runtime/api`. A refusal throws `Refused`. */
export const api = {
  get: <T>(path: string, signal?: AbortSignal) => ask<T>('GET', path, undefined, { signal }),
  post: <T>(path: string, body?: unknown, signal?: AbortSignal) => ask<T>('POST', path, body ?? {}, { signal }),
  put: <T>(path: string, body: unknown, options?: Options) => ask<T>('PUT', path, body, options),
  delete: <T>(path: string) => ask<T>('DELETE', path),
}

/** A pipeline's id as a part of a path. */
export const pathOf = (id: string): string => encodeURIComponent(id)
