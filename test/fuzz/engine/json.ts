import { mutateBytes } from './bytes.ts'
import type { Random } from './random.ts'

/** A value of JSON. */
export type Value = null | boolean | number | string | Value[] | { [key: string]: Value }

/** Values that readers of JSON trip over. */
const odd: readonly Value[] = [
  null,
  true,
  false,
  0,
  -1,
  -0,
  0.5,

  1e308,
  2 ** 31,
  2 ** 53,
  '',
  ' ',
  '0',
  '-1',
  'toString',
  '\ud800',
  'a'.repeat(300),
  '../../etc/passwd',
  '\u0000',
  [],
  {},
  [[]],
  [null],
  { '': '' },
  { secret: 'A' },
  { toString: 1 },
  { length: -1 },
]

/** One mutation of a text that is JSON, in its structure; of one that is not, in its bytes. */
export function mutateJson(input: Buffer, random: Random, words: readonly string[], other: Buffer): Buffer {
  const value = read(input)
  if (value === undefined || random.chance(0.03)) return mutateBytes(input, random, words, other)
  const donor = read(other)
  const change = random.chance(0.02) ? deep(random) : (old: Value) => changedValue(old, random, words, donor)
  return Buffer.from(JSON.stringify(changedSomewhere(value, random, change)))
}

function read(text: Buffer): Value | undefined {
  try {
    return JSON.parse(text.toString('utf8')) as Value
  } catch {
    return undefined
  }
}

type Change = (old: Value) => Value

/** Goes down to one place of a value, chosen evenly among all, and changes what is there. */
function changedSomewhere(value: Value, random: Random, change: Change): Value {
  let at = random.below(count(value))
  const visit = (one: Value): Value => {
    if (at-- === 0) return change(one)
    if (typeof one !== 'object' || one === null) return one
    if (Array.isArray(one)) return one.map(visit)
    // An own property also where it is called __proto__.
    return Object.fromEntries(Object.entries(one).map(([key, item]) => [key, visit(item)]))
  }
  return visit(value)
}

function count(value: Value): number {
  if (typeof value !== 'object' || value === null) return 1
  return Object.values(value).reduce<number>((sum, item) => sum + count(item as Value), 1)
}

/** A value that is nested deeper than a recursive reader can follow; written as JSON it stays within a few kilobytes. */
function deep(random: Random): Change {
  const levels = random.pick([30, 150, 250, 1500])
  const list = random.chance(0.5)
  return (old) => {
    let value = old
    for (let level = 0; level < levels; level++) value = list ? [value] : { a: value }
    return value
  }
}

function changedValue(old: Value, random: Random, words: readonly string[], donor: Value | undefined): Value {
  // Most changes are small: what is refused at the door says nothing of the rooms.
  if (random.chance(0.12)) return random.pick(odd)
  if (donor !== undefined && random.chance(0.15)) return somewhereIn(donor, random)
  if (typeof old === 'string') {
    if (words.length && random.chance(0.6)) return random.pick(words)
    return mutateBytes(Buffer.from(old), random, words, Buffer.from(old)).toString('utf8')
  }
  if (typeof old === 'number') return random.pick([old + 1, -old, old * 10, Math.trunc(old / 3), old / 3, 0, 1])
  if (Array.isArray(old)) return changedList(old, random)
  if (typeof old === 'object' && old !== null) return changedObject(old, random, words)
  return random.pick(odd)
}

function changedList(old: Value[], random: Random): Value {
  const at = random.below(old.length + 1)
  const some = old[Math.min(at, old.length - 1)] ?? null
  switch (random.below(4)) {
    case 0:
      return old.filter((_, i) => i !== at)
    case 1:
      return [...old.slice(0, at), some, ...old.slice(at)]
    case 2:
      return [...old.slice(0, at), random.pick(odd), ...old.slice(at)]
    default:
      return old.toReversed()
  }
}

function changedObject(old: { [key: string]: Value }, random: Random, words: readonly string[]): Value {
  const entries = Object.entries(old)
  const at = random.below(entries.length + 1)
  const [key = 'a', value = null] = entries[Math.min(at, entries.length - 1)] ?? []
  const name = words.length ? random.pick(words) : key
  const others = entries.filter((_, i) => i !== at)
  switch (random.below(4)) {
    case 0:
      return Object.fromEntries(others)
    case 1:
      return Object.fromEntries([...others, [name, value]])
    case 2:
      return Object.fromEntries([...entries, [name, random.pick(odd)]])
    default:
      if (random.chance(0.7)) return Object.fromEntries(entries.map(([one, item]) => [one === key ? name : one, item]))
      return Object.fromEntries([
        ...entries,
        [random.pick(['__proto__', 'constructor', '', '', '', 'toString', 'toString', 'length', 'length']), value],
      ])
  }
}

function somewhereIn(value: Value, random: Random): Value {
  let found = value
  while (typeof found === 'object' && found !== null && random.chance(0.8)) {
    const items = Object.values(found) as Value[]
    if (items.length === 0) break
    found = random.pick(items)
  }
  return found
}
