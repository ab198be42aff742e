// Run as a process of its own: imports every node and prints what came with it.
import { registerHooks } from 'node:module'
import { loadCatalogue } from './catalogue.ts'

const loaded: string[] = []
registerHooks({
  load: (url, context, next) => {
    loaded.push(url)
    return next(url, context)
  },
})
const catalogue = await loadCatalogue()
const report = process.report?.getReport() as { sharedObjects?: string[] } | undefined
const native = (report?.sharedObjects ?? []).filter((file) => file.endsWith('.node'))
console.log(JSON.stringify({ nodes: catalogue.map(([type]) => type), loaded, native }))
