import type { Viewport } from '@xyflow/react'
import { useMemo } from 'react'

const keyOf = (pipeline: string): string => `headrace-viewport ${pipeline}`

/** Where a pipeline's canvas was when it was last looked at; it survives a reload. */
export function useKeptViewport(pipeline: string | null): {
  readonly viewport: Viewport | null
  readonly keep: (event: unknown, viewport: Viewport) => void
} {
  return useMemo(
    () => ({
      viewport: pipeline === null ? null : read(pipeline),
      keep: (_, viewport) => {
        if (pipeline !== null) localStorage.setItem(keyOf(pipeline), JSON.stringify(viewport))
      },
    }),
    [pipeline],
  )
}

function read(pipeline: string): Viewport | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(keyOf(pipeline)) ?? 'null')
    return isViewport(kept) ? kept : null
  } catch {
    return null
  }
}

const isViewport = (value: unknown): value is Viewport => {
  const { x, y, zoom } = (value ?? {}) as Partial<Record<string, unknown>> // whatever an older page wrote
  return [x, y, zoom].every((part) => typeof part === 'number' && Number.isFinite(part))
}
