import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { Served, small } from './serve.ts'

const served = await Served.start({ 'a.json': small() })
const paths = [
  '/',
  '/index.html',
  '/assets/page-1a2b3c.js',
  '/api/about',
  '/api/pipelines/a.json',
  '/api/nothing',
  '/socket.io/?EIO=4&transport=polling',
  '/no/such/place',
  '//evil.example/',
  '/%2e%2e/%2e%2e/etc/passwd',
]
const bearer = { authorization: `Bearer ${served.token}` }
const cookie = { cookie: `headrace-${served.port}=${served.token}` }

describe('without the token', () => {
  test.each(paths)('%s answers 401, with a line that says where the token is', async (path) => {
    for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD']) {
      const { status, text, headers } = await served.raw(method, path)
      expect([method, status]).toEqual([method, 401])
      if (method === 'GET') expect(text).toContain('the address that it printed')
      expect(headers['content-security-policy']).toContain("default-src 'self'")
    }
  })

  test.each([
    ['a wrong token', { authorization: 'Bearer 0000000000000000' }],
    ['an empty one', { authorization: 'Bearer ' }],
    ['the cookie of another port', { cookie: `headrace-1=${served.token}` }],
    ['another kind of authorization', { authorization: `Basic ${served.token}` }],
  ])('%s is none', async (_, headers) => {
    expect((await served.raw('GET', '/api/about', headers)).status).toBe(401)
  })

  test('an upgrade to a socket is refused before it is one', async () => {
    expect(await upgrade({})).toMatch(/^HTTP\/1\.1 401 /)
    expect(await upgrade(cookie)).toMatch(/^HTTP\/1\.1 101 /)
    expect(await upgrade({ ...cookie, origin: 'http://evil.example' })).toMatch(/^HTTP\/1\.1 403 /)
    expect(await upgrade({ ...cookie, host: `evil.example:${served.port}` })).toMatch(/^HTTP\/1\.1 403 /)
  })
})

describe('with the token', () => {
  test('its header, its cookie and its address let in', async () => {
    for (const headers of [bearer, cookie]) expect((await served.raw('GET', '/api/about', headers)).status).toBe(200)
    expect((await served.raw('GET', `/api/about?token=${served.token}`)).status).toBe(200)
  })

  test('the first visit leaves it in a cookie that no script and no other site has, and not in the address', async () => {
    const { status, headers } = await served.raw('GET', `/?token=${served.token}&x=1`)
    expect([status, headers.location]).toEqual([303, '/?x=1'])
    const [set] = headers['set-cookie'] ?? []
    expect(set).toBe(`headrace-${served.port}=${served.token}; Path=/; HttpOnly; SameSite=Strict`)
  })

  test.each(paths)('%s under a foreign name or for a foreign page answers 403', async (path) => {
    for (const host of ['evil.example', `evil.example:${served.port}`, '127.0.0.1.evil.example', '10.0.0.1']) {
      expect([host, (await served.raw('GET', path, { ...bearer, host })).status]).toEqual([host, 403])
    }
    for (const origin of ['http://evil.example', 'null', `http://127.0.0.1:${served.port + 1}`, 'file://']) {
      expect([origin, (await served.raw('GET', path, { ...bearer, origin })).status]).toEqual([origin, 403])
    }
  })

  test('any name of this machine with any port will do, and the own origin', async () => {
    for (const host of ['127.0.0.1', 'localhost:1234', `[::1]:${served.port}`, 'LOCALHOST']) {
      const origin = `http://${host.toLowerCase()}`
      expect((await served.raw('GET', '/api/about', { ...bearer, host, origin })).status).toBe(200)
    }
  })
})

test('every answer forbids inline scripts, frames, guessed types and referrers', async () => {
  for (const path of ['/', '/assets/page-1a2b3c.js', '/api/about', '/api/nothing']) {
    const { headers } = await served.raw('GET', path, bearer)
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain("script-src 'self';")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toMatch(/script-src[^;]*unsafe/)
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' })
    expect(headers).not.toHaveProperty('x-powered-by')
  }
})

test('the page is never kept by the browser, its parts for good', async () => {
  expect((await served.raw('GET', '/', bearer)).headers['cache-control']).toBe('no-store')
  const { headers } = await served.raw('GET', '/assets/page-1a2b3c.js', bearer)
  expect(headers['cache-control']).toBe('public, max-age=31536000, immutable')
  expect((await served.raw('GET', '/assets/../../work/a.json', bearer)).status).toBe(404)
})

test('a body over 5 MB, or one that is no JSON, is refused, and the server goes on', async () => {
  const json = { ...bearer, 'content-type': 'application/json' }
  const large = JSON.stringify({ pipeline: 'a.json', text: 'x'.repeat(6_000_000) })
  expect((await served.raw('POST', '/api/check', json, large)).status).toBe(413)
  const broken = await served.raw('POST', '/api/check', json, '{')
  expect([broken.status, JSON.parse(broken.text).error]).toEqual([400, 'the request is no JSON'])
  expect((await served.raw('POST', '/api/check', json, '[]')).status).toBe(400)
  expect((await served.raw('GET', '/api/about', bearer)).status).toBe(200)
})

test('a socket message over a megabyte ends the socket, and nothing else', async () => {
  const socket = await served.socket()
  const gone = new Promise((resolve) => socket.once('disconnect', resolve))
  socket.emit('run:watch', 'x'.repeat(1_100_000))
  await gone
  await expect(served.socket()).resolves.toBeTruthy()
})

/** The first line of the answer to an upgrade. */
function upgrade(headers: Record<string, string>): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const all = { host: `127.0.0.1:${served.port}`, ...headers }
  const socket = connect(served.port, '127.0.0.1', () => {
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
    const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13'
    socket.write(
      `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n${lines.join('\r\n')}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${key}\r\n\r\n`,
    )
  })
  socket.once('data', (data) => {
    resolve(data.toString('latin1'))
    socket.destroy()
  })
  socket.once('error', reject)
  return promise
}
