#!/usr/bin/env node
// Plain JavaScript, as all that runs before the first TypeScript file (see process/imports.mjs).
import '../process/imports.mjs'
import { fileURLToPath } from 'node:url'
import { noticeNohup } from './nohup.mjs'

noticeNohup()
const args = process.argv.slice(2)
const { needsSupervision, supervise } = await import('./supervise.mjs')
const code = needsSupervision(args) ? await supervise(fileURLToPath(import.meta.url), args) : undefined
if (code === undefined) {
  const work = (await import('./ahead.mjs')).worksOn(args)
  if (work) (await import('../engine/threads.ts')).warmLanes(work.lanes, work.types)
  const { main } = await import('./main.ts')
  process.exitCode = await main(args)
} else process.exitCode = code
