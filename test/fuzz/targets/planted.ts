import { HeadraceError } from '@headrace/runtime'
import { endingOf } from '../engine/judge.ts'
import type { Target } from '../engine/target.ts'

// Faults that are known: whoever looks for unknown ones must find these.

const plant = (about: string, feed: (text: string) => string): Target => ({
  about,
  form: 'bytes',
  short: 0,
  seeds: () => ['seed'],
  words: ['F', 'U', 'Z'],
  open: async () => ({
    feed: async (input) => {
      try {
        return feed(input.toString('latin1'))
      } catch (error) {
        return endingOf(error)
      }
    },
  }),
})

/** Behind three doors, each of which only coverage shows to be open. */
export const deep = plant('a fault behind three doors', (text) => {
  if (text[0] !== 'F') return 'no F'
  if (text[1] !== 'U') return 'no U'
  if (text[2] !== 'Z') return 'no Z'
  return (null as unknown as string).toString()
})

export const hang = plant('an input that never ends', (text) => {
  for (;;) if (text !== 'seed') return 'ended'
})

export const death = plant('an input that ends the process', (text) => (text === 'seed' ? process.abort() : 'alive'))

export const greedy = plant('an input that takes very much memory', (text) =>
  text === 'seed' ? `${Buffer.alloc(700 << 20, 1).length} bytes` : 'modest',
)

export const unclear = plant('an error that nobody made for people', (text) => {
  throw new HeadraceError('bad', text === 'seed' ? 'Cannot read properties of null' : 'the seed is missing')
})
