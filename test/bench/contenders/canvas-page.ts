import { createReadStream, existsSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

const root = join(import.meta.dirname, '..', '..', '..')
const editor = join(root, 'editor')

/** The part of Vite that is used here; its types belong to the editor's package. */
interface Vite {
  readonly build: (config: object) => Promise<unknown>
}

/** Builds the pages of the canvas benchmark as the editor is built. */
export async function buildCanvasPages(folder: string): Promise<void> {
  const require = createRequire(join(editor, 'package.json'))
  const { build } = (await import(pathToFileURL(require.resolve('vite')).href)) as Vite
  // The pages lie outside the editor's package and take its React.
  const find = /^(react|react-dom|@xyflow\/react)(?=\/|$)/
  await build({
    root: join(root, 'test', 'bench', 'pages', 'canvas'),
    configFile: false,
    logLevel: 'error',
    base: './',
    resolve: { alias: [{ find, replacement: join(editor, 'node_modules', '$1') }], dedupe: ['react', 'react-dom'] },
    build: { outDir: folder, emptyOutDir: true, target: 'es2024' },
  })
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
}

/** Serves a folder on a free port of this machine. */
export async function serveFolder(folder: string): Promise<{ address: string; close: () => void }> {
  const server: Server = createServer(({ url = '/' }, answer) => {
    const { pathname } = new URL(url, 'http://localhost')
    const file = join(folder, pathname === '/' ? 'index.html' : pathname)
    if (!existsSync(file)) {
      answer.writeHead(404).end()
      return
    }
    answer.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' })
    createReadStream(file).pipe(answer)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { address: `http://127.0.0.1:${port}/`, close: () => server.close() }
}
