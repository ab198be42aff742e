// Plain JavaScript: it is asked before the first TypeScript file is loaded, so that lanes load their code meanwhile.
import { statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, resolve } from 'node:path'
import { commands, textsOf, typesIn } from './supervise.mjs'

/** A second lane has something to do from so many bytes of a source (engine/prepare.ts says how many lanes there will be). */
const bytesOfTwo = 32 << 20

/**
 * What a command will run, as far as its arguments tell: the types of its nodes, and how many lanes may be started at
 * once: two where a source's file is large and nobody asks for one worker; null for other commands.
 */
export function worksOn([command, ...args]) {
  if (!commands.has(command)) return null
  const types = [...new Set(textsOf(args).flatMap(typesIn))]
  const mayBeTwo = command !== 'replay' && availableParallelism() > 1 && !args.some((arg) => isForOne.test(arg))
  return { types, lanes: mayBeTwo && args.some((path) => largestSource(path) >= bytesOfTwo) ? 2 : 1 }
}

const isForOne = /^--(workers|limit)\b/

/** Bytes of the largest file that a source of a pipeline names; 0 where that cannot be told. */
function largestSource(path) {
  try {
    const [text = '{}'] = textsOf([path])
    const { nodes = {}, settings } = JSON.parse(text)
    if (settings?.workers !== undefined) return 0
    const files = Object.values(nodes).flatMap(({ type, config }) => (type.startsWith('sources/') ? config.path : []))
    const sizeOf = (file) => statSync(resolve(dirname(path), file), { throwIfNoEntry: false })?.size ?? 0
    return Math.max(0, ...files.map(sizeOf))
  } catch {
    // What is wrong with it is the check's to say.
    return 0
  }
}
