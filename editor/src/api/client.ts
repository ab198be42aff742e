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

async function ask<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const answer = await fetch(`api/${path}`, {
    method,
    credentials: 'same-origin',
    ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    ...(signal && { signal }),
  })
  const text = await answer.text()
  const value: unknown = text === '' ? null : JSON.parse(text)
  if (!answer.ok) throw new Refused(answer.status, value)
  return value as T // the server's own types: runtime/server/api.ts
}

/** The server's REST interface, with the types of `@headrace/runtime/api`. A refusal throws `Refused`. */
export const api = {
  get: <T>(path: string, signal?: AbortSignal) => ask<T>('GET', path, undefined, signal),
  post: <T>(path: string, body?: unknown, signal?: AbortSignal) => ask<T>('POST', path, body ?? {}, signal),
  put: <T>(path: string, body: unknown) => ask<T>('PUT', path, body),
  delete: <T>(path: string) => ask<T>('DELETE', path),
}

/** A pipeline's id as a part of a path. */
export const pathOf = (id: string): string => encodeURIComponent(id)
