import type { PipelineView, TemplateView } from '@headrace/runtime/api'
import { create } from 'zustand'
import { api } from '../api/client.ts'
import { socket } from '../api/socket.ts'

/** The pipelines of the folder and the templates; null until they are known. */
export interface Pipelines {
  readonly pipelines: readonly PipelineView[] | null
  readonly templates: readonly TemplateView[]
}

export const usePipelines = create<Pipelines>(() => ({ pipelines: null, templates: [] }))

export async function loadPipelines(): Promise<void> {
  const [pipelines, templates] = await Promise.all([
    api.get<PipelineView[]>('pipelines'),
    api.get<TemplateView[]>('templates'),
  ])
  usePipelines.setState({ pipelines, templates })
}

/** Keeps the list as the folder is. */
export function followPipelines(): void {
  const load = () => void loadPipelines().catch(() => {}) // a server that went away is told by the connection
  socket.on('pipelines', load)
  socket.on('connect', load)
}
