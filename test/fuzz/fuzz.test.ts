import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Found } from './engine/watch.ts'
import { watchFuzz } from './engine/watch.ts'
import { targetNamed, targetNames } from './targets/index.ts'

// What was found once stays mended, and a short run finds nothing new. `npm run fuzz -- TARGET --seconds 60` looks longer.

const seed = Number(process.env['HEADRACE_SEED'] ?? 1)
const minutes = 5 * 60_000

/** Inputs that once were wrong, and the page that says what was wrong with each. */
function corpus(target: string): { inputs: Buffer[]; untold: string[] } {
  const folder = join(import.meta.dirname, 'corpus', target)
  if (!existsSync(folder)) return { inputs: [], untold: [] }
  const told = readFileSync(join(folder, 'found.md'), 'utf8')
  const names = readdirSync(folder).filter((name) => name !== 'found.md')
  return {
    inputs: names.map((name) => readFileSync(join(folder, name))),
    untold: names.filter((name) => !told.includes(`\`${name}\``)),
  }
}

/** What was found, so that it can be fed again. */
const shown = (found: readonly Found[]): string[] =>
  found.map(({ signature, input, error }) => `${signature}\n${error}\ninput, base64: ${input.toString('base64')}`)

describe('the fuzzer finds what is planted', () => {
  const all = { seed, executions: 60_000, seconds: 240 }

  test('a fault that only coverage leads to', { timeout: minutes }, async () => {
    const { found, executions } = await watchFuzz('planted-deep', { ...all, findings: 1 })
    expect(found.map(({ signature }) => signature)).toEqual([expect.stringContaining('Cannot read properties of null')])
    expect(found[0]?.input.toString('latin1')).toMatch(/^FUZ/)
    console.log(`planted behind three doors: found within ${executions} executions`)
  })

  test('a hang, a death, too much memory, an unclear error', { timeout: minutes }, async () => {
    const one = { ...all, executions: 1 }
    const signatures = async (name: string) =>
      (await watchFuzz(name, one, { hang: { processor: 1, clock: 60 } })).found.map(({ signature }) => signature)
    expect(await signatures('planted-hang')).toEqual(['it hung'])
    expect(await signatures('planted-death')).toEqual([expect.stringContaining('the process died: SIGABRT')])
    expect(await signatures('planted-greedy')).toEqual([expect.stringMatching(/took 0 MB of memory/)])
    expect(await signatures('planted-unclear')).toEqual([expect.stringContaining('has a native message')])
  })
})

/** Two children at a time: one a core. */
const turns: Promise<unknown>[] = [Promise.resolve(), Promise.resolve()]
let next = 0
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const turn = next++ % turns.length
  const mine = (turns[turn] as Promise<unknown>).catch(() => {}).then(work)
  turns[turn] = mine
  return (await mine) as T
}

describe('what reads untrusted bytes', { concurrent: true }, () => {
  let executions = 0

  for (const name of targetNames) {
    test(`${name}: what was found stays mended, and a short run finds nothing`, { timeout: 3 * minutes }, async ({
      expect,
    }) => {
      const { short } = await targetNamed(name)
      const { inputs, untold } = corpus(name)
      expect(untold, 'inputs of which found.md does not say what was wrong').toEqual([])
      const ran = await inTurn(() => watchFuzz(name, { seed, executions: short, seconds: 240 }, { inputs }))
      executions += ran.executions
      console.log(`${name}: ${inputs.length} found before, ${ran.executions} executions, ${ran.blocks} blocks`)
      expect(shown(ran.found), `HEADRACE_SEED=${seed}`).toEqual([])
      expect(ran.executions).toBeGreaterThan(inputs.length)
    })
  }

  afterAll(() => console.log(`fuzzed: ${executions} executions from seed ${seed}`))
})
