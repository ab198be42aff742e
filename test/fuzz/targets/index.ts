import type { Target } from '../engine/target.ts'

const loaders: { readonly [name: string]: () => Promise<Target> } = {
  csv: async () => (await import('./texts.ts')).csvTarget,
  ndjson: async () => (await import('./texts.ts')).ndjsonTarget,
  files: async () => (await import('./texts.ts')).filesTarget,
  arrow: async () => (await import('./tables.ts')).arrowTarget,
  expression: async () => (await import('./expressions.ts')).expressionTarget,
  clean: async () => (await import('./expressions.ts')).cleanTarget,
  pipeline: async () => (await import('./documents.ts')).pipelineTarget,
  tests: async () => (await import('./documents.ts')).testsTarget,
  params: async () => (await import('./documents.ts')).paramsTarget,
  env: async () => (await import('./beside.ts')).envTarget,
  schedule: async () => (await import('./beside.ts')).scheduleTarget,
  sql: async () => (await import('./queries.ts')).sqlTarget,
  glob: async () => (await import('./queries.ts')).globTarget,
  model: async () => (await import('./models.ts')).modelTarget,
  onnx: async () => (await import('./models.ts')).onnxTarget,
  state: async () => (await import('./state.ts')).stateTarget,
  rest: async () => (await import('./server.ts')).restTarget,
  http: async () => (await import('./wire.ts')).httpTarget,
  socket: async () => (await import('./wire.ts')).socketTarget,
  parquet: async () => (await import('./tables.ts')).parquetTarget,
}

/** Faults that are known, for the fuzzer's own test. */
const planted = async (name: string): Promise<Target | undefined> => {
  const all: { readonly [name: string]: Target } = await import('./planted.ts')
  return Object.hasOwn(all, name) ? all[name] : undefined
}

/** Every target's name. */
export const targetNames: readonly string[] = Object.keys(loaders)

/** A target by its name; only its own modules are loaded. */
export async function targetNamed(name: string): Promise<Target> {
  const load = Object.hasOwn(loaders, name) ? loaders[name] : undefined
  const known = name.startsWith('planted-') ? await planted(name.slice(8)) : undefined
  if (known) return known
  if (!load) throw new Error(`there is no target "${name}"; there are ${targetNames.join(', ')}`)
  return await load()
}
