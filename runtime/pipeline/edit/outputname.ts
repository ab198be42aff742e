import type { Pipeline } from '../model.ts'

/** What a pipeline's outputs are called after: its name, as far as files and tables can have it. */
export const outputName = ({ name }: Pipeline): string =>
  (name ?? '').replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^-+|-+$/g, '') || 'rows'

/** A place below `out/` to which no other node writes, of the pipeline's name: `out/sales.csv`, `out/sales-2.csv`. */
export function freeOutput(pipeline: Pipeline, ending: string): string {
  const taken = new Set(Object.values(pipeline.nodes).map(({ config }) => config['path']))
  const stem = `out/${outputName(pipeline)}`
  let path = `${stem}${ending}`
  for (let n = 2; taken.has(path); n++) path = `${stem}-${n}${ending}`
  return path
}
