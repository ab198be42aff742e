import { memo } from 'react'
import type { Level } from '../flow/level.ts'
import { useLevel } from '../flow/level.ts'

/** The canvas ends this far from its middle, in pixels at zoom 1. */
const end = 30_000

/**
 * The dots behind everything, every 16 px; every 64 px from far away. They are part of what is moved: React Flow's own
 * background draws itself anew for each move of the canvas.
 */
export const Dots = memo(function Dots() {
  const level: Level = useLevel('dots')
  return (
    <div
      className="dots"
      data-far={level === 'far' || undefined}
      style={{ left: -end, top: -end, width: 2 * end, height: 2 * end }}
    />
  )
})
