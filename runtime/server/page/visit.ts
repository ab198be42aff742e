import type { RequestHandler } from 'express'
import type { Doors } from '../guard.ts'

/**
 * The first visit, by the address with the token: the token goes into a cookie that no script reads and no other
 * site sends, and the address is left without it, in the history too.
 */
export function firstVisit(doors: Doors, secure: boolean): RequestHandler {
  return (request, response, next) => {
    if (request.method !== 'GET' || request.query['token'] === undefined || request.path.startsWith('/api/'))
      return next()
    const url = new URL(request.originalUrl, 'http://page')
    url.searchParams.delete('token')
    response
      // Only now: the cookie's name has the port in it, which is not known before the server listens.
      .cookie(doors.cookie, doors.token, { httpOnly: true, sameSite: 'strict', path: '/', secure })
      .set('cache-control', 'no-store')
      .redirect(303, `${url.pathname}${url.search}`)
  }
}
