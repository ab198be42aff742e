import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Turns } from './turns.ts'

let frames: (() => void)[] = []
const nextFrame = () => {
  const now = frames
  frames = []
  for (const frame of now) frame()
}

beforeEach(() => {
  frames = []
  vi.stubGlobal('requestAnimationFrame', (frame: () => void) => frames.push(frame))
})
afterEach(() => vi.unstubAllGlobals())

const listenersOf = (count: number) => {
  const told: number[] = []
  const listeners = new Map<() => void, number>(Array.from({ length: count }, (_, i) => [() => void told.push(i), i]))
  return { told, listeners }
}

test('a change is told to a few in each frame and to all within half a second', () => {
  const { told, listeners } = listenersOf(520)
  new Turns(listeners, 8).add(listeners.keys())
  nextFrame()
  expect(told).toHaveLength(20)
  for (let i = 1; i < 30; i++) nextFrame()
  expect(new Set(told).size).toBe(520)
  expect(frames).toEqual([])
})

test('who waits already keeps its turn and is told once', () => {
  const { told, listeners } = listenersOf(20)
  const turns = new Turns(listeners, 8)
  turns.add(listeners.keys())
  nextFrame()
  turns.add(listeners.keys())
  for (let i = 0; i < 5; i++) nextFrame()
  expect(told.slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, i) => i))
})

test('a listener that left is not told', () => {
  const { told, listeners } = listenersOf(3)
  new Turns(listeners, 8).add(listeners.keys())
  listeners.delete([...listeners.keys()][1] as () => void)
  nextFrame()
  expect(told).toEqual([0, 2])
})

test('held frames tell nobody, the one after them tells all', () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  const { told, listeners } = listenersOf(100)
  const turns = new Turns(listeners, 4, () => 450)
  const after = Array.from({ length: 3 }, () => {
    turns.add(listeners.keys())
    vi.advanceTimersByTime(300)
    nextFrame()
    return told.length
  })
  expect(after).toEqual([0, 100, 100])
  vi.useRealTimers()
})
