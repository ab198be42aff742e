import { once } from 'node:events'
import { connect, createServer } from 'node:net'

/** Asks a port where nobody listens: throws what the system says of it, ECONNREFUSED. */
export async function fromClosedPort(): Promise<void> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  await once(connect(port, '127.0.0.1'), 'connect')
}
