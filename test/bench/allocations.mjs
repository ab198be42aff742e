// Where the threads of a run take memory outside of the heap, by stack: what is taken anew for each split is garbage that makes
// V8 go through its whole heap every 32 MB. Prints, for each thread at its end, who took most:
//   NODE_OPTIONS='--import ./test/bench/allocations.mjs' headrace run pipeline.json
import { threadId } from 'node:worker_threads'

const least = 32 << 10
const lines = 12
const frames = 6
const folder = `file://${new URL('../../', import.meta.url).pathname}`
const taken = new Map()

function note(bytes) {
  if (!(bytes >= least)) return
  const at = {}
  Error.stackTraceLimit = frames + 4
  Error.captureStackTrace(at)
  const stack = at.stack
    .split('\n')
    .slice(1)
    .filter((line) => !line.includes(import.meta.url))
    .map((line) => line.trim().replace(folder, '').replace('at ', ''))
  const who = stack.slice(0, frames).join(' < ')
  const sum = taken.get(who) ?? { times: 0, bytes: 0 }
  taken.set(who, { times: sum.times + 1, bytes: sum.bytes + bytes })
}

const views = [Uint8Array, Int8Array, Uint16Array, Int16Array, Uint32Array, Int32Array, Float32Array, Float64Array]
for (const View of [...views, BigInt64Array, BigUint64Array]) {
  const seen = new Proxy(View, {
    construct(target, given, type) {
      const made = Reflect.construct(target, given, type === seen ? target : type)
      if (made.buffer !== given[0]) note(made.byteLength)
      return made
    },
  })
  globalThis[View.name] = seen
}
for (const name of ['alloc', 'allocUnsafe', 'allocUnsafeSlow']) {
  const make = Buffer[name]
  Buffer[name] = (bytes, ...more) => {
    note(bytes)
    return make(bytes, ...more)
  }
}

process.on('exit', () => {
  const most = [...taken].sort(([, a], [, b]) => b.bytes - a.bytes).slice(0, lines)
  const text = most.map(([who, { bytes, times }]) => `${(bytes / 1e6).toFixed(1)} MB, ${times} times: ${who}`)
  process._rawDebug([`thread ${threadId}`, ...text].join('\n  '))
})
