// Where every worker starts, in plain JavaScript for the same reason as the command (see cli/headrace.mjs).
import { enableCompileCache } from 'node:module'
import { workerData } from 'node:worker_threads'

enableCompileCache()
await import(workerData.entry)
