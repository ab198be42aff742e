import type { Library, NodeTypeView } from '@headrace/runtime/api'
import { create } from 'zustand'

/** The node types there are, as the server listed them. */
export const useLibrary = create<Library>(() => ({ nodes: [], functions: [] }))

export const nodeType = (type: string): NodeTypeView | undefined =>
  useLibrary.getState().nodes.find((one) => one.type === type)
