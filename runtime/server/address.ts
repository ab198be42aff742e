import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:net'
import { join } from 'node:path'
import { makeStateFolder } from '../engine/statefolder.ts'
import { HeadraceError } from '../pipeline/problem.ts'
import { isRecord } from '../pipeline/shape.ts'

/** Where a folder's page was the last time: a page that is open finds the server again after a restart. */
export interface Address {
  readonly port: number | null
  readonly token: string
}

const fileOf = (own: string): string => join(own, 'server.json')

/** The address of the last time, or a new one. HEADRACE_TOKEN comes before both. */
export function lastAddress(own: string): Address {
  const kept = readKept(own)
  const given = process.env['HEADRACE_TOKEN']
  if (given !== undefined && given.length < 16)
    throw new HeadraceError('bad-option', `HEADRACE_TOKEN has ${given.length} characters, and needs 16 at least`)
  return { port: kept?.port ?? null, token: given ?? kept?.token ?? randomBytes(24).toString('base64url') }
}

function readKept(own: string): Address | null {
  try {
    const value: unknown = JSON.parse(readFileSync(fileOf(own), 'utf8'))
    if (!isRecord(value)) return null
    const { port, token } = value
    const fits = typeof port === 'number' && typeof token === 'string' && token.length >= 16
    return fits ? { port, token } : null
  } catch {
    return null
  }
}

/** Keeps the address for the next time, readable for its owner alone. */
export function keepAddress(own: string, port: number, token: string): void {
  const kept = readKept(own)
  if (kept?.port === port && kept.token === token) return
  makeStateFolder(own)
  writeFileSync(fileOf(own), JSON.stringify({ port, token }), { mode: 0o600 })
}

const firstPort = 4100
const lastPort = 4199

/**
 * Listens on the port that was asked for, or on the folder's last one, or on the next free one from 4100; gives the
 * port. `wanted` 0: the last one or any.
 */
export async function listen(
  server: Server,
  host: string,
  wanted: number | null,
  last: number | null,
): Promise<number> {
  if (wanted) {
    return await tryPort(server, host, wanted).catch((cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'another program listens there' : cause.message
      throw new HeadraceError('no-port', `port ${wanted} cannot be had: ${why}`, {
        cause,
        hint: 'Choose another --port, or none: the next free one is taken.',
      })
    })
  }
  const known = last ? [last] : []
  const next = wanted === 0 ? [0] : Array.from({ length: lastPort - firstPort + 1 }, (_, i) => firstPort + i)
  for (const port of [...known, ...next, 0]) {
    try {
      return await tryPort(server, host, port)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    }
  }
  throw new HeadraceError('no-port', 'there is no free port')
}

async function tryPort(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const address = server.address()
  return typeof address === 'object' && address ? address.port : port
}
