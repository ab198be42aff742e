import type { Json } from '../../sdk/node.ts'
import { commonSubsequence } from './subsequence.ts'

/** Whether two values are the same, also in the order of their keys: columns leave a node in that order. */
export function same(a: Json, b: Json): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false
    return a.every((item: Json, i) => same(item, b[i] as Json))
  }
  const [left, right] = [Object.entries(a as object), Object.entries(b as object)]
  return (
    left.length === right.length &&
    left.every(([key, value], i) => key === right[i]?.[0] && same(value as Json, right[i]?.[1] as Json))
  )
}

/** An item of a list after a change, and which one it was before; undefined: a new one. */
export interface Match {
  readonly was?: number
  readonly is: number
}

/** Finds out which items of a list are which after a change: the same ones first, what lies between by likeness. */
export function matchItems(before: readonly Json[], after: readonly Json[]): Match[] {
  let start = 0
  while (start < before.length && start < after.length && same(before[start] as Json, after[start] as Json)) start++
  let [oldEnd, newEnd] = [before.length, after.length]
  while (oldEnd > start && newEnd > start && same(before[oldEnd - 1] as Json, after[newEnd - 1] as Json)) {
    oldEnd--
    newEnd--
  }
  const texts = (items: readonly Json[], end: number) => items.slice(start, end).map((item) => JSON.stringify(item))
  const anchors = commonSubsequence(texts(before, oldEnd), texts(after, newEnd))
  const matches: Match[] = []
  for (let i = 0; i < start; i++) matches.push({ was: i, is: i })
  let [was, is] = [start, start]
  for (const [oldAt, newAt] of [...anchors, [oldEnd - start, newEnd - start] as const]) {
    matches.push(...between(before, after, [was, oldAt + start], [is, newAt + start]))
    if (newAt + start < newEnd) matches.push({ was: oldAt + start, is: newAt + start })
    ;[was, is] = [oldAt + start + 1, newAt + start + 1]
  }
  for (let i = newEnd; i < after.length; i++) matches.push({ was: i - newEnd + oldEnd, is: i })
  return matches
}

type Range = readonly [from: number, to: number]

/** Items without the like: each new one is the first old one that it could have been made from. */
function between(before: readonly Json[], after: readonly Json[], [was, oldEnd]: Range, [is, newEnd]: Range): Match[] {
  const sameLength = oldEnd - was === newEnd - is
  let next = was
  return Array.from({ length: newEnd - is }, (_, i): Match => {
    for (let at = next; at < oldEnd; at++) {
      if (!related(before[at] as Json, after[is + i] as Json, sameLength)) continue
      next = at + 1
      return { was: at, is: is + i }
    }
    return { is: is + i }
  })
}

/** Whether one may be the other with a change inside: plain values in equal numbers, objects that share an entry. */
function related(a: Json, b: Json, sameLength: boolean): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return sameLength
  if (Array.isArray(a) !== Array.isArray(b)) return false
  return Object.entries(a).some(([key, value]) => same(value as Json, (b as { [key: string]: Json })[key] ?? null))
}
