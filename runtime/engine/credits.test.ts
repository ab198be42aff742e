import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Credits } from './credits.ts'

test('never more are on their way than the capacity, each gets its place in turn, and none is lost', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.constantFrom('take', 'give', 'leave'), { maxLength: 200 }),
      (capacity, steps) => {
        const credits = new Credits(capacity)
        const granted: number[] = []
        const left = new Set<number>()
        const leave = new Map<number, () => void>()
        let asked = 0
        let given = 0
        for (const step of steps) {
          if (step === 'take') {
            const turn = asked++
            leave.set(
              turn,
              credits.take(() => granted.push(turn)),
            )
          } else if (step === 'give' && credits.taken > 0) {
            credits.give()
            given++
          } else if (step === 'leave') {
            const turn = [...leave.keys()].find((one) => !granted.includes(one) && !left.has(one))
            if (turn === undefined) continue
            leave.get(turn)?.()
            left.add(turn)
          }
          expect(credits.taken).toBeLessThanOrEqual(capacity)
          expect(credits.taken).toBe(granted.length - given)
          expect(credits.waiting).toBe(asked - granted.length - left.size)
        }
        expect(granted).toEqual([...granted].sort((a, b) => a - b))
      },
    ),
  )
})

test('a place that nobody had cannot be given back', () => {
  expect(() => new Credits(1).give()).toThrow(/nobody had/)
})
