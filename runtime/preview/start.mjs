// Where the process of previews starts, in plain JavaScript for the same reason as the command (see process/imports.mjs).
import '../process/imports.mjs'

await import('./process.ts')
