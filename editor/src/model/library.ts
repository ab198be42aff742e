import type { Library, NodeTypeView } from '@headrace/runtime/api'
import { create } from 'zustand'
import { api } from '../api/client.ts'
import { socket } from '../api/socket.ts'
import { useDocument } from './document.ts'

/** The node types that there are for the open pipeline, as the server listed them. */
export const useLibrary = create<Library>(() => ({ nodes: [], functions: [], broken: [] }))

export const nodeType = (type: string): NodeTypeView | undefined =>
  useLibrary.getState().nodes.find((one) => one.type === type)

/** Asks for the node types: with those that lie beside the pipeline that is open. */
export async function loadLibrary(): Promise<void> {
  const { id } = useDocument.getState()
  const library = await api.get<Library>(id === null ? 'nodes' : `nodes?pipeline=${encodeURIComponent(id)}`)
  if (useDocument.getState().id === id) useLibrary.setState(library)
}

/** Keeps the list as the files beside the open pipeline are. */
export function followLibrary(): void {
  const load = () => void loadLibrary().catch(() => {}) // a server that went away is told by the connection
  useDocument.subscribe((now, before) => {
    if (now.id !== null && now.id !== before.id) load()
  })
  socket.on('nodes', load)
  socket.io.on('reconnect', load)
}
