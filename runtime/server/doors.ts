import type { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { type Doors, type Turned, turnAway } from './guard.ts'
import { securityHeaders } from './headers.ts'
import type { ServerLog } from './log.ts'

/**
 * Puts the guard before everything that listens on a server, the socket's requests and upgrades too. To be called
 * when all listeners are there.
 */
export function closeDoors(server: EventEmitter, doors: Doors, log: ServerLog): void {
  const refused = (turned: NonNullable<Turned>, { method, url = '', socket }: IncomingMessage) =>
    log('warn', `${turned.status} ${method} ${pathOf(url)} from ${socket.remoteAddress}: ${turned.why}`)
  guard(server, 'request', (request: IncomingMessage, response: ServerResponse) => {
    const turned = turnAway(request, doors)
    if (turned) {
      refused(turned, request)
      answer(response, turned)
    }
    return turned === null
  })
  guard(server, 'upgrade', (request: IncomingMessage, socket: Duplex) => {
    const turned = turnAway(request, doors)
    if (turned) {
      refused(turned, request)
      const reason = turned.status === 401 ? 'Unauthorized' : 'Forbidden'
      socket.end(`HTTP/1.1 ${turned.status} ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
    }
    return turned === null
  })
}

/** Lets an event through to its listeners only where `pass` says so. */
function guard<T extends unknown[]>(server: EventEmitter, event: string, pass: (...given: T) => boolean): void {
  const inside = server.listeners(event)
  server.removeAllListeners(event)
  server.on(event, (...given: unknown[]) => {
    if (!pass(...(given as T))) return // the event's own arguments
    for (const listener of inside) Reflect.apply(listener, server, given)
  })
}

/** The path without the query: no token comes into the log. */
const pathOf = (url: string): string => url.split('?', 1)[0] as string

function answer(response: ServerResponse, { status, why }: NonNullable<Turned>): void {
  const what =
    status === 401
      ? 'Headrace is here, and it asks for its token.\n\nOpen the address that it printed when it started: http://127.0.0.1:PORT/?token=...\nA program sends it as a header: Authorization: Bearer TOKEN\n'
      : 'Headrace answers only to its own page, under a name of this machine: 127.0.0.1 or localhost.\n'
  response.writeHead(status, {
    ...securityHeaders,
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    connection: 'close',
    ...(status === 401 && { 'www-authenticate': 'Bearer realm="headrace"' }),
  })
  response.end(`${status} ${why}\n\n${what}`)
}
