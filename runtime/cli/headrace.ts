#!/usr/bin/env node
import { enableCompileCache } from 'node:module'

// The cache makes the second start faster; it has to be on before anything of ours is loaded.
enableCompileCache()
const { main } = await import('./main.ts')
process.exitCode = await main(process.argv.slice(2))
