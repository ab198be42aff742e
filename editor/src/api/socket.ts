import type { ClientEvents, ServerEvents } from '@headrace/runtime/api'
import { io, type Socket } from 'socket.io-client'

/** The one socket of the page; the cookie that the first request set lets it in. It reconnects by itself. */
export const socket: Socket<ServerEvents, ClientEvents> = io({ autoConnect: false, reconnectionDelayMax: 2000 })

/** What this tab calls itself in drafts and saves. */
export const client: string = crypto.randomUUID()
