import { useEffect, useState } from 'react'
import { cancel } from './run.ts'
import { words } from './words.ts'

/** Most starts take less: nothing flickers. */
const quickMilliseconds = 1000

/** What a start that takes its time does, and a way to end it before the run has begun. */
export function Preparing() {
  const [slow, setSlow] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), quickMilliseconds)
    return () => clearTimeout(timer)
  }, [])
  if (!slow) return null
  return (
    <>
      <span className="soft bar-preparing" role="status" title={words.countingHelp}>
        {words.counting}
      </span>
      <button type="button" className="button" title={words.cancelHelp} onClick={() => void cancel()}>
        {words.cancel}
      </button>
    </>
  )
}
