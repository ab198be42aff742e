// Where every worker starts, in plain JavaScript for the same reason as the command (see process/imports.mjs).
import '../process/imports.mjs'
import { workerData } from 'node:worker_threads'

await import(workerData.entry)
