import { randomBytes } from 'node:crypto'
import type { ErrorRequestHandler, RequestHandler } from 'express'
import { HeadraceError } from '../pipeline/problem.ts'
import type { ServerLog } from './log.ts'

/** What a route throws to refuse: an HTTP status, a sentence, what to do, and further fields of the answer. */
export class HttpRefusal extends Error {
  readonly status: number
  readonly body: { readonly [key: string]: unknown }

  constructor(status: number, error: string, hint?: string, more: object = {}) {
    super(error)
    this.name = 'HttpRefusal'
    this.status = status
    this.body = { ...more, error, ...(hint && { hint }) }
  }
}

/** Answers what no route knows. */
export const notFound: RequestHandler = (request) => {
  throw new HttpRefusal(
    404,
    `there is no ${request.method} ${request.path}`,
    'GET /api/openapi.json lists what there is.',
  )
}

/**
 * Turns what routes throw into answers. A refusal and an error made for people keep their words; anything else is
 * told to the log in full, and to the outside as a number to find it by.
 */
export function answerErrors(log: ServerLog): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      log('error', `${request.method} ${request.path} broke off: ${textOf(error)}`)
      return next(error)
    }
    const { status, body } = answerTo(error, (id) =>
      log('error', `${id} ${request.method} ${request.path}: ${textOf(error)}`),
    )
    // A body that was not read to its end leaves a connection that nobody can use again.
    if (!request.complete) response.set('connection', 'close')
    response.status(status).json(body)
  }
}

function answerTo(error: unknown, note: (id: string) => void): { status: number; body: unknown } {
  if (error instanceof HttpRefusal) return { status: error.status, body: error.body }
  if (error instanceof HeadraceError) {
    const { message, hint, code } = error
    return { status: 400, body: { error: message, ...(hint && { hint }), code } }
  }
  const given = (error as { status?: unknown; type?: unknown } | null) ?? {} // what express's own parts throw
  if (given.type === 'entity.too.large') return { status: 413, body: { error: 'the request is larger than 5 MB' } }
  if (given.type === 'entity.parse.failed') return { status: 400, body: { error: 'the request is no JSON' } }
  if (typeof given.status === 'number' && given.status >= 400 && given.status < 500)
    return { status: given.status, body: { error: 'the request cannot be read' } }
  const id = randomBytes(4).toString('hex')
  note(id)
  return {
    status: 500,
    body: {
      error: `something went wrong in the server (${id})`,
      hint: `Its log has more: .headrace/server.log, ${id}.`,
      id,
    },
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error))
