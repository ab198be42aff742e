import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sample } from 'fast-check'
import { mostBytes, mutateBytes } from './bytes.ts'
import type { Coverage } from './coverage.ts'
import { mutateJson } from './json.ts'
import { signatureOf } from './judge.ts'
import { type Random, randomOf } from './random.ts'
import { Finding, type Opened, type Target } from './target.ts'

export interface Budget {
  readonly seed: number
  readonly executions: number
  readonly seconds: number
  /** Fed first, each once. */
  readonly inputs?: readonly Buffer[]
  /** It ends with so many findings; default 20. */
  readonly findings?: number
}

/** Where a run of a target keeps what it makes. */
export interface Places {
  /** The target's own files. */
  readonly folder: string
  /** Inputs that reached something new, found again by the next run; null: not kept. */
  readonly queue: string | null
  /** The input that is being fed, for whoever finds the process dead. */
  readonly current: string
  readonly found: (input: Buffer, signature: string, error: unknown) => void
}

export interface Counted {
  readonly executions: number
  readonly inputs: number
  readonly blocks: number
  readonly endings: { readonly [ending: string]: number }
}

/** One execution may raise the process's peak memory by so much; what it takes beyond is a finding. */
const mostMemory = 512 << 20

/** Feeds a target with mutated inputs until the budget is used; what reaches new blocks is kept and mutated further. */
export async function fuzz(target: Target, budget: Budget, places: Places, coverage: Coverage): Promise<Counted> {
  const random = randomOf(budget.seed)
  const opened = await target.open(places.folder)
  const feeder = new Feeder(opened, places)
  const queue: Buffer[] = []
  const keep = (input: Buffer, save: boolean) => {
    queue.push(input)
    if (places.queue && save) writeFileSync(join(places.queue, nameOf(input)), input)
  }
  for (const input of [...(budget.inputs ?? []), ...(await firstInputs(target, places.queue))]) {
    await feeder.feed(input)
    coverage.take()
    keep(input, false)
  }
  // What is fed first is not of the budget.
  const most = feeder.executions + budget.executions
  const until = performance.now() + budget.seconds * 1000
  const together = target.together ?? 8
  while (feeder.executions < most && performance.now() < until && feeder.findings.size < (budget.findings ?? 20)) {
    const tried: Buffer[] = []
    for (let i = 0; i < together; i++) {
      const input = nextInput(target, queue, random)
      tried.push(input)
      await feeder.feed(input)
    }
    if (coverage.take() === 0) continue
    if (together === 1) keep(tried[0] as Buffer, true)
    // Which of them it was: each again. What is new by its sum only is not kept.
    else keepReaching(await reaching(tried, feeder, coverage), tried, keep)
  }
  await opened.close?.()
  return { ...feeder.counted(), inputs: queue.length, blocks: coverage.blocks }
}

async function reaching(tried: readonly Buffer[], feeder: Feeder, coverage: Coverage): Promise<number[]> {
  const fresh: number[] = []
  for (const [i, input] of tried.entries()) {
    await feeder.feed(input)
    if (coverage.take() > 0) fresh.push(i)
  }
  return fresh
}

/** Where a second look shows nothing new, the first of the inputs that were new together is kept all the same. */
function keepReaching(
  fresh: readonly number[],
  tried: readonly Buffer[],
  keep: (input: Buffer, save: boolean) => void,
) {
  for (const i of fresh.length ? fresh : [0]) keep(tried[i] as Buffer, true)
}

async function firstInputs(target: Target, queue: string | null): Promise<Buffer[]> {
  const seeds = (await target.seeds()).map((seed) => Buffer.from(seed as string))
  if (!queue) return seeds
  mkdirSync(queue, { recursive: true })
  return [...seeds, ...readdirSync(queue).map((name) => readFileSync(join(queue, name)))]
}

function nextInput(target: Target, queue: readonly Buffer[], random: Random): Buffer {
  if (target.grammar && random.chance(0.3)) {
    const [made = ''] = sample(target.grammar, { seed: random.below(2 ** 31), numRuns: 1 })
    const whole = Buffer.from(made as string)
    if (random.chance(0.7)) return whole.subarray(0, mostBytes * 4)
    return mutated(target, whole, random, whole)
  }
  // The newest reached something new last: every second time one of them.
  const from = random.chance(0.5) ? Math.max(0, queue.length - 16) : 0
  let input = queue[from + random.below(queue.length - from)] ?? Buffer.alloc(0)
  const times = 1 + random.below(random.chance(0.15) ? 8 : 3)
  for (let i = 0; i < times; i++) input = mutated(target, input, random, random.pick(queue) ?? input)
  return input
}

function mutated({ form, words }: Target, input: Buffer, random: Random, other: Buffer): Buffer {
  if (form === 'bytes') return mutateBytes(input, random, words, other)
  if (form === 'json') return mutateJson(input, random, words, other)
  const [head, body] = split(input)
  const [otherHead, otherBody] = split(other)
  return random.chance(0.12)
    ? Buffer.concat([mutateJson(head, random, words, otherHead), newline, body])
    : Buffer.concat([head, newline, mutateBytes(body, random, words, otherBody)])
}

const newline = Buffer.from('\n')

/** The first line and what follows it. */
export function split(input: Buffer): [head: Buffer, body: Buffer] {
  const at = input.indexOf(10)
  return at < 0 ? [input, Buffer.alloc(0)] : [input.subarray(0, at), input.subarray(at + 1)]
}

/** A short name for an input by its content. */
export const nameOf = (input: Buffer): string => createHash('sha256').update(input).digest('hex').slice(0, 12)

/** Feeds inputs one by one and judges how each ended. */
export class Feeder {
  executions = 0
  readonly findings = new Set<string>()
  readonly #endings = new Map<string, number>()
  readonly #opened: Opened
  readonly #places: Places

  constructor(opened: Opened, places: Places) {
    this.#opened = opened
    this.#places = places
  }

  async feed(input: Buffer): Promise<void> {
    this.executions++
    // Before the call: whoever finds the process dead, or at work for too long, knows by which input.
    writeFileSync(this.#places.current, input)
    const before = process.resourceUsage().maxRSS
    try {
      const ending = await this.#opened.feed(input)
      const grown = (process.resourceUsage().maxRSS - before) * 1024
      const kind = ending.replace(/\d+/g, 'n')
      this.#endings.set(kind, (this.#endings.get(kind) ?? 0) + 1)
      if (grown > mostMemory) throw new Finding(`the input took ${grown >> 20} MB of memory`)
    } catch (error) {
      const signature = signatureOf(error)
      if (this.findings.has(signature)) return
      this.findings.add(signature)
      this.#places.found(input, signature, error)
    }
  }

  counted() {
    const commonest = [...this.#endings].sort((a, b) => b[1] - a[1])
    return { executions: this.executions, endings: Object.fromEntries(commonest) }
  }
}
