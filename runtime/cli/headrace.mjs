#!/usr/bin/env node
// Plain JavaScript: the compile cache must be on before the first TypeScript file is loaded, or Node loads its
// TypeScript stripper (130 ms) at each start.
import { enableCompileCache } from 'node:module'

enableCompileCache()
const { main } = await import('./main.ts')
process.exitCode = await main(process.argv.slice(2))
