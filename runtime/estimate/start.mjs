// Where the process that tries a pipeline starts, in plain JavaScript for the same reason as the command (see cli/headrace.mjs).
import { enableCompileCache } from 'node:module'

enableCompileCache()
await import('./process.ts')
