import type { About } from '@headrace/runtime/api'
import { create } from 'zustand'

/** What the server says of itself. */
export const useAbout = create<About>(() => ({ version: '', folder: '', data: [], command: 'headrace' }))
