import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { request as secureRequest } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { selfSigned } from './certificate.ts'

const base = mkdtempSync(join(tmpdir(), 'headrace-edit-'))
const folder = join(base, 'work')
mkdirSync(folder)
mkdirSync(join(base, 'page'))
writeFileSync(join(base, 'page', 'index.html'), '<!doctype html>')
writeFileSync(join(base, 'file.json'), '{}')
const children: ChildProcess[] = []
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(base, { recursive: true, force: true })
})

/** `headrace edit` with these arguments; `address` is there once it listens. */
function edit(args: readonly string[], extra: Record<string, string> = {}) {
  const { DISPLAY: _d, WAYLAND_DISPLAY: _w, SSH_CONNECTION: _s, CI: _c, ...env } = process.env
  const cli = join(import.meta.dirname, '..', '..', 'runtime', 'cli', 'headrace.mjs')
  const child = spawn(process.execPath, [cli, 'edit', ...args], {
    env: { ...env, HEADRACE_PAGE: join(base, 'page'), NO_COLOR: '1', ...extra },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  const { promise: address, resolve, reject } = Promise.withResolvers<URL>()
  let printed = ''
  const read = (chunk: Buffer) => {
    printed += chunk
    const found = /https?:\/\/\S+\/\?token=\S+\n/.exec(printed)?.[0]
    if (found) resolve(new URL(found))
  }
  child.stdout.on('data', read)
  child.stderr.on('data', read)
  const ended = new Promise<number | null>((done) => child.on('exit', done))
  ended.then((code) => reject(new Error(`ended with ${code}: ${printed}`)))
  address.catch(() => {})
  return { child, address, ended, printed: () => printed }
}

test('without a display it prints one address and how to reach it from another machine', async () => {
  const one = edit([folder])
  const { port } = await one.address
  await expect.poll(one.printed).toContain(`ssh -L ${port}:127.0.0.1:${port} `)
  expect(one.printed().trim().split('\n')).toHaveLength(2)
  one.child.kill('SIGINT')
  expect(await one.ended).toBe(0)
})

test('after a restart the page finds it again: the same port and the same token, for its owner alone', async () => {
  const before = edit([folder])
  const { href, origin, searchParams } = await before.address
  before.child.kill('SIGKILL')
  await before.ended
  const after = edit([folder])
  expect((await after.address).href).toBe(href)
  const kept = join(folder, '.headrace', 'server.json')
  expect(statSync(kept).mode & 0o777).toBe(0o600)
  expect(readFileSync(join(folder, '.headrace', '.gitignore'), 'utf8')).toBe('*\n')
  const beside = edit([folder])
  const other = await beside.address
  expect(other.origin).not.toBe(origin)
  expect(other.searchParams.get('token')).toBe(searchParams.get('token'))
  expect(JSON.parse(readFileSync(kept, 'utf8')).port).toBe(Number(new URL(origin).port))
  for (const { child, ended } of [after, beside]) {
    child.kill('SIGTERM')
    expect(await ended).toBe(143)
  }
})

test('with --no-open beside a display it prints the address alone; HEADRACE_TOKEN is the token', async () => {
  const token = 'a-token-of-my-own-choice'
  const one = edit([folder, '--no-open', '--port', '0'], { DISPLAY: ':99', HEADRACE_TOKEN: token })
  const { searchParams } = await one.address
  expect(searchParams.get('token')).toBe(token)
  expect(one.printed().trim().split('\n')).toHaveLength(1)
  one.child.kill('SIGINT')
  await one.ended
})

test.each([
  [['nowhere'], 'there is no such folder', 'mkdir -p nowhere'],
  [[join(base, 'file.json')], 'is a file, not a folder', 'pipelines lie in'],
  [[folder, '--data', 'nowhere'], '--data nowhere: there is no such folder', ''],
  [[folder, '--host', '0.0.0.0'], 'would send the token and your data over the network', '--behind-proxy'],
  [[folder, '--host', '0.0.0.0', '--behind-proxy'], 'a name that it does not know', '--allow-host'],
  [[folder, '--tls-cert', 'a.pem'], 'belong together', ''],
  [[folder, '--port', '70000'], 'port 70000 cannot be had', ''],
])('%j is refused with what is wrong and what to do', async (args, what, hint) => {
  const one = edit([...args, '--no-open'])
  expect(await one.ended).toBe(2)
  expect(one.printed()).toContain(what)
  expect(one.printed()).toContain(hint)
})

test('behind a proxy it answers to the name that it was told, and its cookie is for HTTPS', async () => {
  const one = edit([folder, '--port', '0', '--host', '127.0.0.1', '--behind-proxy', '--allow-host', 'Data.Example.org'])
  const { origin, searchParams } = await one.address
  const ask = async (host: string, from?: string) => {
    const headers = { host, ...(from && { origin: from }) }
    return await new Promise<{ status?: number | undefined; cookie: string }>((resolve) => {
      request(`${origin}/?token=${searchParams.get('token')}`, { headers }, (answer) => {
        resolve({ status: answer.statusCode, cookie: String(answer.headers['set-cookie']) })
        answer.resume()
      }).end()
    })
  }
  expect(await ask('data.example.org', 'https://data.example.org')).toMatchObject({
    status: 303,
    cookie: expect.stringContaining('; Secure'),
  })
  expect((await ask('other.example.org')).status).toBe(403)
  expect((await ask('data.example.org', 'https://other.example.org')).status).toBe(403)
  one.child.kill('SIGINT')
  await one.ended
})

test('with TLS files it answers by HTTPS alone, by the name that it was told', async () => {
  const { cert, key } = selfSigned()
  writeFileSync(join(base, 'cert.pem'), cert)
  writeFileSync(join(base, 'key.pem'), key, { mode: 0o600 })
  const tls = ['--tls-cert', join(base, 'cert.pem'), '--tls-key', join(base, 'key.pem')]
  const one = edit([folder, '--port', '0', '--host', '0.0.0.0', ...tls, '--allow-host', 'localhost'])
  const address = await one.address
  expect(address.origin).toBe(`https://localhost:${address.port}`)
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    secureRequest(address, { ca: cert }, resolve).on('error', reject).end()
  })
  answer.resume()
  expect([answer.statusCode, String(answer.headers['set-cookie'])]).toEqual([303, expect.stringContaining('; Secure')])
  await expect(fetch(`http://localhost:${address.port}/`)).rejects.toThrow()
  one.child.kill('SIGINT')
  expect(await one.ended).toBe(0)
})
