import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { HeadraceError } from '../pipeline/problem.ts'

/** Where a server listens, and by which names it is called. */
export interface Binding {
  readonly host: string
  /** Names besides those of this machine, with or without a port. */
  readonly names: readonly string[]
  /** PEM texts. */
  readonly tls: { readonly cert: string; readonly key: string } | null
  /** Whether browsers come by HTTPS: to the server itself, or to a proxy before it. */
  readonly secure: boolean
}

export interface BindingFlags {
  readonly host?: string
  readonly tlsCert?: string
  readonly tlsKey?: string
  readonly behindProxy?: boolean
  readonly allowHost?: readonly string[]
}

/** The binding that the flags ask for; refuses one by which token and data would cross a network in the open. */
export function bindingOf(flags: BindingFlags): Binding {
  const { host = '127.0.0.1', tlsCert, tlsKey, behindProxy = false, allowHost = [] } = flags
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    throw refuse('--tls-cert and --tls-key belong together', 'Name both files, in PEM.')
  const tls = tlsCert && tlsKey ? { cert: readPem('--tls-cert', tlsCert), key: readPem('--tls-key', tlsKey) } : null
  const away = !isLoopback(host)
  if (away && !tls && !behindProxy) {
    const hint =
      'From another machine: ssh -L 4100:127.0.0.1:4100 THIS-MACHINE, and no --host. Or give --tls-cert and --tls-key, or --behind-proxy where a proxy does TLS.'
    throw refuse(`--host ${host} alone would send the token and your data over the network in the open`, hint)
  }
  const names = [...(away && isConcrete(host) ? [hostText(host)] : []), ...allowHost].map((name) => name.toLowerCase())
  if ((away || behindProxy) && names.length === 0)
    throw refuse('browsers will call it by a name that it does not know', 'Say it: --allow-host data.example.org')
  return { host, names, tls, secure: tls !== null || behindProxy }
}

/** The address for the browser, without the token. */
export function addressOf({ host, names, tls }: Binding, port: number): string {
  const scheme = tls ? 'https' : 'http'
  const name = isLoopback(host) ? hostText(host === 'localhost' ? '127.0.0.1' : host) : (names[0] ?? hostText(host))
  return `${scheme}://${/:\d+$/.test(name) && !name.endsWith(']') ? name : `${name}:${port}`}/`
}

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)

/** Whether a browser can be led there: `0.0.0.0` and `::` mean every address. */
const isConcrete = (host: string): boolean => host !== '0.0.0.0' && host !== '::'

const hostText = (host: string): string => (isIP(host) === 6 ? `[${host}]` : host)

const refuse = (message: string, hint: string) => new HeadraceError('bad-option', message, { hint })

function readPem(flag: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new HeadraceError('bad-option', `${flag} ${path}: ${(cause as Error).message}`, {
      cause,
      hint: 'Name a file in PEM that this user may read.',
    })
  }
}
