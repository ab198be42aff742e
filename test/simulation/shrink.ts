import { type Size, usualSize } from './scene.ts'
import { type Options, type Outcome, simulate } from './simulate.ts'
import type { Troubles } from './trouble.ts'

/** The least of a failing seed that still fails, as far as was looked. */
export interface Shrunk {
  readonly size: Size
  readonly without: readonly string[]
  readonly words: string
}

const kinds = ['ending', 'lanes', 'bugs', 'disk', 'storeBefore', 'storeAfter'] as const

/**
 * Makes a failing scene smaller, one measure at a time, and leaves out kinds of trouble: what still fails is kept. A
 * smaller scene is another one of the same seed, so this finds a small failure, not always the same.
 */
export async function shrink({ seed }: Outcome, options: Options = {}): Promise<Shrunk> {
  let size: Size = usualSize
  let without: readonly (keyof Troubles)[] = []
  let last = ''
  const fails = async (tried: Size, left: readonly (keyof Troubles)[]): Promise<boolean> => {
    const soothe = (troubles: Troubles): Troubles => ({
      ...troubles,
      ...Object.fromEntries(left.map((kind) => [kind, kind === 'ending' ? null : 0])),
    })
    const { wrong } = await simulate(seed, { ...options, size: tried, soothe })
    if (wrong) last = wrong.split('\n', 1)[0] as string
    return wrong !== null
  }
  for (const kind of kinds) if (await fails(size, [...without, kind])) without = [...without, kind]
  for (const measure of ['lives', 'sinks', 'middle', 'sources', 'splits'] as const) {
    const least = measure === 'middle' ? 0 : 1
    for (let value = least; value < size[measure]; value++) {
      if (!(await fails({ ...size, [measure]: value }, without))) continue
      size = { ...size, [measure]: value }
      break
    }
  }
  const words = `${JSON.stringify(size)}, without ${without.join(', ') || 'nothing'}: ${last}`
  return { size, without, words }
}
