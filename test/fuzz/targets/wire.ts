import { connect } from 'node:net'
import { setTimeout as after } from 'node:timers/promises'
import { Finding, type Target } from '../engine/target.ts'
import { Place } from './place.ts'

/** Raw bytes on the connection, with the token in them. */
export const httpTarget: Target = {
  about: 'raw bytes on the server’s port',
  form: 'bytes',
  short: 40,
  together: 4,
  seeds: () => [
    'GET /api/about HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer TOKEN\r\nConnection: close\r\n\r\n',
    'POST /api/check HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer TOKEN\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}',
    'POST /api/check HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer TOKEN\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
    'GET /socket.io/?EIO=4&transport=websocket&token=TOKEN HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n\x81\x82\0\0\0\x0040',
    'GET /socket.io/?EIO=4&transport=polling&token=TOKEN HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n',
    'POST /api/files?name=x.csv HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer TOKEN\r\nContent-Length: 9\r\nConnection: close\r\n\r\na,b\n1,2\n\n',
    'GET /?token=TOKEN HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
  ],
  words: [
    '\r\n',
    '\r\n\r\n',
    'Host: ',
    'Content-Length: ',
    'Transfer-Encoding: chunked',
    'Expect: 100-continue',
    'Upgrade: websocket',
    'Origin: http://evil',
    'TOKEN',
    '/api/files?name=',
    '%2e%2e',
    'GET ',
    'POST ',
    'HTTP/1.0',
    '\x88\x80\0\0\0\0',
    '\x82\xfe\xff\xff',
    'transport=polling&sid=',
  ],
  async open(folder) {
    const place = await Place.open(folder)
    return {
      async feed(input) {
        place.restore()
        const bytes = Buffer.from(input.toString('latin1').replaceAll('TOKEN', place.server.token), 'latin1')
        const answer = await rawly(place.server.port, bytes)
        if (/^HTTP\/1\.1 5/.test(answer)) throw new Finding(`the answer is ${answer.slice(0, 300)}`)
        await place.mustBeWell()
        return answer.slice(0, 12).trim() || 'closed'
      },
      close: () => place.close(),
    }
  },
}

/** What comes back within a moment; the connection is then cut. */
async function rawly(port: number, bytes: Buffer): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let said = ''
  socket.on('data', (part) => (said += part.toString('latin1').slice(0, 2000)))
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.on('error', () => {}) // cut off by the server
  socket.write(bytes)
  await Promise.race([closed, after(40)])
  socket.destroy()
  return said
}

const events = ['run:watch', 'run:unwatch', 'rows:open', 'rows:close']

/** Messages on the socket: as texts of its protocol, one after the other. */
export const socketTarget: Target = {
  about: 'messages on the server’s socket: packets, events, what they carry',
  form: 'json',
  short: 40,
  together: 4,
  seeds: () => [
    JSON.stringify(['40', '42["run:watch","first"]', '42["run:unwatch","first"]']),
    JSON.stringify([
      '40',
      '42["rows:open",{"run":"first","edge":"rows → keep"}]',
      '42["rows:close",{"run":"first","edge":"rows → keep"}]',
    ]),
    JSON.stringify(['40', '421["run:watch","first"]', '431["x"]', '41']),
    JSON.stringify(['40', '451-["run:watch",{"_placeholder":true,"num":0}]', 'binary']),
    JSON.stringify(['3', '2probe', '5', '1', '40/other,{"a":1}', '42["disconnect"]', '42["connect"]', '42["error",1]']),
    JSON.stringify(['40', `42["rows:open",${'['.repeat(2000)}${']'.repeat(2000)}]`]),
    JSON.stringify(['40', ...Array.from({ length: 60 }, (_, i) => `42["rows:open",{"run":"first","edge":"e${i}"}]`)]),
  ],
  words: [
    ...events.map((event) => `42["${event}",`),
    'first',
    '"first"]',
    '{"run":"first","edge":"keep → store"}]',
    '40',
    '41',
    '44',
    '45',
    '46',
    '2',
    '3',
    '51-',
    '/admin,',
    'null',
    '{}',
    '[]',
    '__proto__',
    'toString',
    'newListener',
    'binary',
  ],
  async open(folder) {
    const place = await Place.open(folder)
    return {
      async feed(input) {
        const messages = messagesIn(input)
        const address = `ws://127.0.0.1:${place.server.port}/socket.io/?EIO=4&transport=websocket&token=${place.server.token}`
        const socket = new WebSocket(address)
        const opened = await new Promise<boolean>((resolve) => {
          socket.onopen = () => resolve(true)
          socket.onerror = () => resolve(false)
        })
        if (!opened) throw new Finding('the socket was not let in')
        let said = 0
        socket.onmessage = () => said++
        for (const message of messages) {
          if (socket.readyState !== WebSocket.OPEN) break
          socket.send(message === 'binary' ? Buffer.from([1, 2, 3]) : message)
        }
        await after(10)
        socket.close()
        await place.mustBeWell()
        return said > 1 ? 'answers' : 'silence'
      },
      close: () => place.close(),
    }
  },
}

function messagesIn(input: Buffer): string[] {
  try {
    const value = JSON.parse(input.toString('utf8')) as unknown
    if (Array.isArray(value)) return value.map((one) => (typeof one === 'string' ? one : `42${JSON.stringify(one)}`))
  } catch {
    // Then it is one message.
  }
  return ['40', input.toString('utf8')]
}
