import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { openLog } from '../../runtime/server/log.ts'
import { Served, small } from './serve.ts'

// Attempts on the server by somebody who has its token, or has none; each fails, and the server goes on.

const served = await Served.start({ 'a.json': small(), 'data/a.csv': 'n\n1\n' }, { headersMilliseconds: 300 })
const outside = join(served.base, 'outside')
mkdirSync(outside)
writeFileSync(join(outside, 'secret.json'), JSON.stringify(small()))
writeFileSync(join(outside, 'secret.txt'), 'not yours')
const bearer = { authorization: `Bearer ${served.token}`, 'content-type': 'application/json' }

const traversals = [
  '../outside/secret.json',
  '..%2foutside%2fsecret.json',
  '%2e%2e%2foutside%2fsecret.json',
  '%2e%2e/outside/secret.json',
  '..%5coutside%5csecret.json',
  'a.json%2f..%2f..%2foutside%2fsecret.json',
  'data%2f..%2f..%2foutside%2fsecret.json',
  '%2fetc%2fpasswd',
  '%2f%2fhost%2fshare%2fsecret.json',
  '%5c%5chost%5cshare%5csecret.json',
  'c:%5csecret.json',
  'secret.json%00.json',
  'a.json%00',
  '%00',
  '%c0%ae%c0%ae%2foutside%2fsecret.json',
  '%252e%252e%252foutside%252fsecret.json',
  '.%2f.%2f..%2foutside%2fsecret.json',
  `${'x'.repeat(5000)}.json`,
  `${'..%2f'.repeat(500)}etc%2fpasswd`,
  '.headrace%2fserver.json',
  '.env',
  '__proto__',
  'constructor',
  '%',
  '%e0%a4',
]

describe('a path that leads elsewhere', () => {
  const routes: readonly (readonly [method: string, path: (way: string) => string, body?: string])[] = [
    ['GET', (way) => `/api/pipelines/${way}`],
    ['PUT', (way) => `/api/pipelines/${way}`, '{"text":"{}","version":null,"tab":"t"}'],
    ['DELETE', (way) => `/api/pipelines/${way}`],
    ['POST', (way) => `/api/pipelines/${way}/duplicate`, '{}'],
    ['PUT', (way) => `/api/pipelines/${way}/draft`, '{"text":"{}","tab":"t"}'],
    ['GET', (way) => `/api/files?pipeline=a.json&path=${way}`],
    ['GET', (way) => `/api/runs/${way}`],
    ['GET', (way) => `/api/runs/${way}/log`],
    ['DELETE', (way) => `/api/runs/${way}`],
    ['GET', (way) => `/assets/${way}`],
    ['GET', (way) => `/${way}`],
  ]
  test.each(routes.map((route) => [`${route[0]} ${route[1]('…')}`, route] as const))('%s', async (_, route) => {
    const [method, path, body] = route
    for (const way of traversals) {
      const { status, text } = await served.raw(method, path(way), bearer, body)
      // Neither what lies outside nor a crash.
      expect([way, status >= 500], text).toEqual([way, false])
      expect(text).not.toContain('not yours')
      expect(text).not.toMatch(/root:x:|"sinks\/csv"/)
      expect(text).not.toContain(served.token)
    }
    expect(readFileSync(join(outside, 'secret.json'), 'utf8')).toBe(JSON.stringify(small()))
  })

  test('in the body: a new pipeline, another name, a draft to be run, a preview, a check', async () => {
    for (const way of [
      '../outside/new.json',
      '/tmp/new.json',
      '..\\new.json',
      'a\0.json',
      '__proto__',
      'x'.repeat(3000),
    ]) {
      for (const [method, path, body] of [
        ['POST', 'pipelines', { name: way, text: null }],
        ['POST', 'pipelines/a.json/rename', { to: way }],
        ['POST', 'runs', { pipeline: way }],
        ['POST', 'check', { pipeline: way, text: '{}' }],
        ['POST', 'preview', { pipeline: way, text: '{}', node: null }],
      ] as const) {
        const { status } = await served.ask(method, path, body)
        expect([way, path, status >= 500]).toEqual([way, path, false])
      }
    }
    expect(await served.get('pipelines')).not.toContain('outside')
  })

  test('by a link, also one that is put in the place of a file after it was looked at', async () => {
    symlinkSync(join(outside, 'secret.json'), join(served.folder, 'link.json'))
    symlinkSync(outside, join(served.folder, 'way'))
    for (const path of ['pipelines/link.json', 'pipelines/way%2fsecret.json'])
      expect((await served.raw('GET', `/api/${path}`, bearer)).text).not.toContain('sinks/csv')
    expect((await served.raw('GET', '/api/files?pipeline=a.json&path=way', bearer)).text).not.toContain('secret.txt')
    const check = await served.ask<{ problems: { code: string }[] }>('POST', 'check', {
      pipeline: 'a.json',
      text: JSON.stringify(small('way/secret.txt')),
    })
    expect(check.value.problems.map(({ code }) => code)).toContain('outside')
    await served.raw('PUT', '/api/pipelines/link.json', bearer, '{"text":"{}","version":null,"tab":"t"}')
    expect(readFileSync(join(outside, 'secret.json'), 'utf8')).toBe(JSON.stringify(small()))
  })
})

describe('a client that is slow', () => {
  /** Resolves when the server has ended the connection; what it said. */
  const ended = (send: (write: (text: string) => void) => void): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(served.port, '127.0.0.1', () => send((text) => socket.write(text)))
      let said = ''
      socket.on('data', (data) => (said += data.toString('latin1')))
      socket.on('close', () => resolve(said))
      socket.on('error', (error: NodeJS.ErrnoException) =>
        error.code === 'ECONNRESET' ? resolve(said) : reject(error),
      )
    })

  test('a hundred that never say what they ask for are cut off, token or not', async () => {
    const lines = [
      '',
      'GET / HTTP/1.1\r\n',
      `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${served.token}\r\nX: `,
    ]
    const all = await Promise.all(
      Array.from({ length: 100 }, (_, i) => ended((write) => write(lines[i % 3] as string))),
    )
    expect(all.every((said) => said === '' || said.startsWith('HTTP/1.1 408 '))).toBe(true)
    expect((await served.raw('GET', '/api/about', bearer)).status).toBe(200)
  })

  test('one that sends a letter now and then is, too', async () => {
    let over = false
    const said = await ended(async (write) => {
      write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ')
      while (!over) {
        await setTimeout(50)
        write('a')
      }
    }).finally(() => (over = true))
    expect(said === '' || said.startsWith('HTTP/1.1 408 ')).toBe(true)
  })

  test('headers without end are refused', async () => {
    const said = await ended((write) => write(`GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n${'X: y\r\n'.repeat(50_000)}`))
    expect(said).toMatch(/^HTTP\/1\.1 431 |^$/)
  })

  test('a body without a token is not waited for', async () => {
    const said = await ended((write) =>
      write('POST /api/check HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4000000\r\n\r\n{'),
    )
    expect(said).toMatch(/^HTTP\/1\.1 401 /)
  })

  test('a socket that takes nothing of what it is told holds nobody up', async () => {
    const socket = await served.socket()
    ;(socket.io.engine.transport as unknown as { ws: { pause?: () => void } }).ws.pause?.()
    for (let i = 0; i < 2000; i++) served.server?.context.io.emit('gone', 'x'.repeat(1000))
    expect((await served.raw('GET', '/api/about', bearer)).status).toBe(200)
    socket.disconnect()
  })
})

describe('a key that is JavaScript’s own', () => {
  const clean = () => {
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    expect(Object.keys(Object.prototype)).toEqual([])
    expect((Object.prototype as Record<string, unknown>)['type']).toBeUndefined()
  }
  const polluting = '"__proto__":{"polluted":true,"type":"sinks/csv"},"constructor":{"prototype":{"polluted":true}}'

  test('in a body, a pipeline, its nodes, settings, parameters, layout, groups and notes changes nothing', async () => {
    const texts = [
      `{${polluting}}`,
      `{"headrace":1,${polluting},"nodes":{${polluting}},"edges":[{${polluting}}]}`,
      `{"headrace":1,"nodes":{"__proto__":{"type":"sources/csv","config":{"path":"data/a.csv"}},"b":{"type":"sinks/csv","config":{${polluting}}}},"edges":[{"from":"__proto__","to":"b"}],"layout":{${polluting}},"groups":{${polluting}},"notes":{${polluting}},"params":{${polluting}},"settings":{${polluting}}}`,
      `{"headrace":1,"nodes":{"a":{"type":"__proto__","config":{"columns":{${polluting}}}},"c":{"type":"constructor"},"d":{"type":"transforms/derive","config":{"columns":{"__proto__":"1"}}}},"edges":[]}`,
    ]
    for (const text of texts) {
      for (const [method, path] of [
        ['POST', 'check'],
        ['POST', 'preview'],
        ['POST', 'runs'],
        ['PUT', 'pipelines/a.json'],
        ['PUT', 'pipelines/a.json/draft'],
        ['POST', 'pipelines'],
      ] as const) {
        const body = `{"pipeline":"a.json","text":${JSON.stringify(text)},"draft":${JSON.stringify(text)},"node":"__proto__","rows":5,"params":{${polluting}},"set":["__proto__.polluted=true","a.__proto__.polluted=true","constructor.prototype.polluted=true"],${polluting}}`
        const { status, text: said } = await served.raw(method, `/api/${path}`, bearer, body)
        expect([path, status >= 500], said).toEqual([path, false])
        clean()
      }
    }
  })

  test('nor in a query, a header or a socket’s message', async () => {
    for (const query of ['__proto__[polluted]=1', 'constructor[prototype][polluted]=1', '__proto__.polluted=1'])
      expect((await served.raw('GET', `/api/files?${query}&pipeline=a.json`, bearer)).status).toBeLessThan(500)
    const socket = await served.socket()
    for (const event of ['run:watch', 'run:rows', 'run:unwatch', '__proto__', 'constructor', 'disconnect_'])
      for (const given of [JSON.parse(`{${polluting}}`), '__proto__', null, 7, [], ['__proto__'], { id: '__proto__' }])
        (socket as unknown as { emit: (event: string, given: unknown) => void }).emit(event, given)
    await setTimeout(100)
    expect((await served.raw('GET', '/api/about', bearer)).status).toBe(200)
    expect(socket.connected).toBe(true)
    clean()
  })
})

describe('what comes back', () => {
  test('is JSON that no browser takes for a page, whatever was asked', async () => {
    for (const path of ['/api/<script>alert(1)</script>', '/api/pipelines/<img src=x onerror=alert(1)>', '/<script>']) {
      const { headers, status } = await served.raw('GET', encodeURI(path), bearer)
      expect(status).toBeGreaterThanOrEqual(400)
      expect(headers['content-type']).toBe('application/json; charset=utf-8')
      expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' })
    }
    expect((await served.raw('GET', '/api/about', bearer)).headers['cache-control']).toBe('no-store')
  })

  test('lets no other site read it, ask before it asks, or post a form', async () => {
    const asked = { ...bearer, origin: `http://127.0.0.1:${served.port}`, 'access-control-request-method': 'POST' }
    const { headers } = await served.raw('OPTIONS', '/api/runs', asked)
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([])
    const foreign = { cookie: `headrace-${served.port}=${served.token}`, origin: 'https://evil.example' }
    expect((await served.raw('POST', '/api/runs', foreign, '{"pipeline":"a.json"}')).status).toBe(403)
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      const { status } = await served.raw(
        'POST',
        '/api/runs',
        { ...bearer, 'content-type': type },
        '{"pipeline":"a.json"}',
      )
      expect([type, status]).toEqual([type, 400])
    }
  })
})

test('what is told to the log makes no lines of its own, and gives a terminal no orders', () => {
  const file = join(served.base, 'attack.log')
  const log = openLog(file, 'debug')
  log('warn', 'a path\n2030-01-01T00:00:00.000Z info all is well\r\x1b[2Jgone\u2028next')
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  expect(lines[0]).toMatch(/ warn a path$/)
  expect(lines.slice(1).every((line) => line.startsWith('    '))).toBe(true)
  expect(readFileSync(file, 'utf8')).not.toContain('\x1b')
})
