import { operations } from '../../../runtime/server/openapi/operations.ts'
import { mustBeClear } from '../engine/judge.ts'
import { Finding, type Target } from '../engine/target.ts'
import { Place, text } from './place.ts'

interface Asked {
  readonly method: string
  readonly path: string
  readonly headers?: { readonly [name: string]: unknown }
  readonly body?: unknown
  /** Sent as it is. */
  readonly raw?: unknown
}

const bodies: Record<string, object> = {
  '/check': { pipeline: 'small.json', text, params: {} },
  '/preview': { pipeline: 'small.json', text, node: 'keep', rows: 5, client: 'c', params: {} },
  '/search': { pipeline: 'small.json', text, node: 'store', question: 'q', rows: 3 },
  '/tests': {
    pipeline: 'small.json',
    text,
    name: 't',
    put: 'rows',
    expect: 'keep',
    rows: 2,
    identities: ['rows:a.csv:1'],
  },
  '/tests/run': { pipeline: 'small.json', text },
  '/pipelines': { name: 'made', text },
  '/pipelines/{id}': { text, base: 'x', client: 'c' },
  '/pipelines/{id}/rename': { to: 'other.json' },
  '/pipelines/{id}/draft': { text, base: 'x', revision: 0, client: 'c' },
  '/runs': {
    pipeline: 'no.json',
    draft: text,
    set: ['keep.where=n > 2'],
    limit: 1,
    params: {},
    anew: false,
    new: true,
  },
  '/runs/cancel': { pipeline: 'small.json' },
  '/runs/prune': { dryRun: true },
  '/runs/{id}/replay': { rows: [99], raw: { 99: '1,a' }, values: { 99: { n: 1 } } },
  '/schedules/{id}': { on: false },
  '/templates/{name}': { to: 'copy' },
}

/** REST: every operation of the description, its path, query, headers and body. */
export const restTarget: Target = {
  about: "the server's REST: methods, paths, queries, headers, JSON bodies",
  form: 'json',
  short: 70,
  together: 4,
  seeds: () =>
    operations.map(({ method, path, query = {} }) => {
      const where = path
        .replace('{id}', path.startsWith('/runs') ? 'first' : 'small.json')
        .replace('{name}', 'clean-csv')
      const asked = Object.keys(query).map((name) => `${name}=${name === 'pipeline' ? 'small.json' : '1'}`)
      return JSON.stringify({
        method: method.toUpperCase(),
        path: `/api${where}${asked.length ? `?${asked.join('&')}` : ''}`,
        headers: {},
        ...(bodies[path] && { body: bodies[path] }),
      })
    }),
  words: [
    'small.json',
    'first',
    '/api/',
    '..%2f',
    '%00',
    '%ff',
    '/',
    '?',
    '&',
    'pipeline=',
    'path=',
    'limit=',
    'offset=',
    'after=',
    'since=',
    'edge=',
    '-1',
    '1e9',
    'NaN',
    '[]=1',
    '[a]=1',
    'keep',
    'rows',
    'GET',
    'PUT',
    'PATCH',
    'DELETE',
    'OPTIONS',
    'content-type',
    'application/json',
    'text/plain',
    'gzip',
    'content-encoding',
    'if-none-match',
    'range',
    'bytes=0-',
  ],
  async open(folder) {
    const place = await Place.open(folder)
    return {
      async feed(input) {
        const asked = askedIn(input)
        if (!asked || beginsWork(asked)) return 'not sent'
        place.restore()
        const { method, path, headers, body } = asked
        let answer: Awaited<ReturnType<Place['ask']>>
        try {
          answer = await place.ask(method, path, headers, body)
        } catch (error) {
          const { code = '', message } = error as NodeJS.ErrnoException
          // What Node's client will not write, or the server rightly cuts off.
          if (/^ERR_|HPE_|ECONNRESET|EPIPE/.test(code) || code === 'ECONNRESET') return 'not sent'
          throw new Finding(`${method} ${path}: ${message}`)
        }
        mustBeAnswer(answer)
        await place.mustBeWell()
        return `${method} ${answer.status}`
      },
      close: () => place.close(),
    }
  },
}

function mustBeAnswer({ status, text: said, type }: { status: number; text: string; type: string }): void {
  if (status >= 500) throw new Finding(`the answer is ${status}: ${said.slice(0, 300)}`)
  if (status < 400 || !type.startsWith('application/json') || said === '') return
  const { error } = JSON.parse(said) as { error?: unknown }
  // 409 answers with what stands there instead.
  if (typeof error === 'string') mustBeClear(String(status), error)
  else if (status !== 409) throw new Finding(`the answer ${status} says no error: ${said.slice(0, 200)}`)
}

function askedIn(
  input: Buffer,
): { method: string; path: string; headers: Record<string, string>; body: string | undefined } | null {
  try {
    const { method, path, headers = {}, body, raw } = JSON.parse(input.toString('utf8')) as Asked
    if (typeof method !== 'string' || typeof path !== 'string' || !path.startsWith('/')) return null
    const own = Object.entries(headers ?? {}).filter(
      ([name]) => !/^(authorization|host|content-length|transfer-encoding|connection|expect|upgrade)$/i.test(name),
    )
    const sent = typeof raw === 'string' ? raw : body === undefined ? undefined : JSON.stringify(body)
    const type: Record<string, string> = sent === undefined ? {} : { 'content-type': 'application/json' }
    return {
      method,
      path,
      body: sent,
      headers: { ...type, ...Object.fromEntries(own.map(([name, value]) => [name, String(value)])) },
    }
  } catch {
    return null
  }
}

/** Runs are not begun, and not followed to their end: each is a process of its own, for which other tests are there. */
const beginsWork = ({
  method,
  path,
  body = '',
}: {
  method: string
  path: string
  body?: string | undefined
}): boolean =>
  /\/(resume|replay|kill|follow)/.test(path) ||
  (method === 'POST' && /\/runs\/?(\?|$)/.test(path) && body.includes('small.json'))
