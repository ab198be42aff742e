/** So many bytes that nobody looks at any more are worth a collection (about 5 ms in a worker). */
const worthBytes = 16 << 20
/** Smaller buffers are left to the engine's own collections. */
const smallest = 1 << 20

let gone = 0
let collect: (() => void) | undefined

/**
 * Says that a large buffer of this thread is no longer needed. Its memory goes back to the machine only when JavaScript's
 * garbage is collected, which knows nothing of shared memory and little of buffers: a reader of rows of 32 MB had 600 MB
 * resident, and 250 with this. So a collection is asked for whenever enough has come together.
 */
export function letGo(bytes: number): void {
  if (bytes < smallest) return
  gone += bytes
  if (gone < worthBytes) return
  gone = 0
  collect ??= collector()
  collect()
}

function collector(): () => void {
  // Loaded here, for few threads come so far.
  process.getBuiltinModule('node:v8').setFlagsFromString('--expose-gc')
  const gc = process.getBuiltinModule('node:vm').runInNewContext('gc') as () => void
  return () => gc()
}
