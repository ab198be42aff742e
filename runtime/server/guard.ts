import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** Who may come in. */
export interface Doors {
  readonly token: string
  /** The name of the cookie that holds the token; cookies know no ports, so the port is in it. */
  readonly cookie: string
  /** Names by which the server may be called, besides those of this machine; without a port any port goes. */
  readonly hosts: readonly string[]
}

/** Why a request is turned away; null: it may come in. */
export type Turned = { readonly status: 401 | 403; readonly why: string } | null

const loopback = new Set(['127.0.0.1', 'localhost', '[::1]'])

/**
 * Checks Host, Origin and token of a request or an upgrade. Host must be a name of this machine: a foreign page that
 * has its own name lead here (DNS rebinding) comes no further. Origin, where there is one, must be the host itself.
 */
export function turnAway(request: IncomingMessage, doors: Doors): Turned {
  const host = request.headers.host?.toLowerCase() ?? ''
  if (!mayCall(host, doors.hosts)) return { status: 403, why: 'this name does not lead to Headrace' }
  const { origin } = request.headers
  if (origin !== undefined && !isOf(origin, host)) return { status: 403, why: 'another site asks' }
  if (!tokensOf(request, doors.cookie).some((token) => same(token, doors.token)))
    return { status: 401, why: 'the token is missing or wrong' }
  return null
}

function mayCall(host: string, others: readonly string[]): boolean {
  const name = host.replace(/:\d+$/, '')
  return loopback.has(name) || others.some((other) => other === host || other === name)
}

function isOf(origin: string, host: string): boolean {
  const url = URL.parse(origin)
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:') && url.host === hostOf(url, host)
}

/** The host without the port that the origin's scheme implies. */
const hostOf = (origin: URL, host: string): string => URL.parse(`${origin.protocol}//${host}`)?.host ?? ''

/** Every token that a request brings: in its address, its Authorization, its cookie. */
function tokensOf({ url = '', headers }: IncomingMessage, cookie: string): string[] {
  const query = url.includes('?') ? new URLSearchParams(url.slice(url.indexOf('?') + 1)).getAll('token') : []
  const [, bearer] = /^bearer +(.+)$/i.exec(headers.authorization ?? '') ?? []
  const kept = (headers.cookie ?? '').split(';').flatMap((pair) => {
    const [name, value = ''] = pair.trim().split('=')
    return name === cookie ? [value] : []
  })
  return [...query, ...(bearer ? [bearer.trim()] : []), ...kept]
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Whether two tokens are the same, in a time that tells nothing of where they differ. */
const same = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b))
