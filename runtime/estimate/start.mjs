// Where the process that tries a pipeline starts, in plain JavaScript for the same reason as the command (see process/imports.mjs).
import '../process/imports.mjs'

await import('./process.ts')
