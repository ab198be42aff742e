import { rmSync } from 'node:fs'
import { packError } from '../engine/messages.ts'
import { endWithParent } from '../process/withparent.ts'
import { calibrate } from './calibrate.ts'
import type { SampleTask } from './sample.ts'

// The process that tries a pipeline on some rows: what is native in a node may crash here, or never come back.

let folder: string | undefined

process.on('message', (task: SampleTask) => {
  folder = task.folder
  calibrate(task, new AbortController().signal).then(
    (sampled) => process.send?.({ sampled }, () => process.exit(0)),
    (error) => process.send?.({ error: packError(error) }, () => process.exit(1)),
  )
})
// Who asked went away, and removes nothing any more; an interrupt of the terminal's comes to both.
process.on('SIGINT', () => {})
process.on('disconnect', () => {
  if (folder) rmSync(folder, { recursive: true, force: true })
  process.exit(0)
})
if (!process.connected) process.exit(0)
endWithParent(300)
