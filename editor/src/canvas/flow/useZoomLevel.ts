import { useStore } from '@xyflow/react'
import { useDeferredValue, useRef } from 'react'
import { type Level, levelOf } from './level.ts'

/** The level of the canvas's zoom. Cards change over piece by piece, so that zooming does not stop at the border. */
export function useZoomLevel(): Level {
  const before = useRef<Level>('middle')
  const level = useStore((store) => levelOf(store.transform[2], before.current))
  before.current = level
  return useDeferredValue(level)
}
