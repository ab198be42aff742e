import { memo } from 'react'
import type { NodeReading } from '../flow/readings.ts'
import { words } from '../words.ts'

/** A node's time: solid while it works, violet in the model, hatched while it is blocked, empty while it waits. */
export const TimeBar = memo(function TimeBar({ reading }: { reading: NodeReading }) {
  const { working, model, blocked, waiting } = reading
  return (
    <div className="time-bar" title={words.time(working, model, blocked, waiting)}>
      {working > 0 && <i className="time-working" style={{ width: `${working}%` }} />}
      {model > 0 && <i className="time-model" style={{ width: `${model}%` }} />}
      {blocked > 0 && <i className="time-blocked" style={{ width: `${blocked}%` }} />}
    </div>
  )
})
