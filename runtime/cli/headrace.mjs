#!/usr/bin/env node
// Plain JavaScript, as all that runs before the first TypeScript file (see process/imports.mjs).
import '../process/imports.mjs'
import { fileURLToPath } from 'node:url'
import { noticeNohup } from './nohup.mjs'

noticeNohup()
const args = process.argv.slice(2)
const { needsSupervision, supervise, typesToRun } = await import('./supervise.mjs')
const code = needsSupervision(args) ? await supervise(fileURLToPath(import.meta.url), args) : undefined
if (code === undefined) {
  const types = typesToRun(args)
  if (types) (await import('../engine/threads.ts')).warmLanes(1, types)
  const { main } = await import('./main.ts')
  process.exitCode = await main(args)
} else process.exitCode = code
