import { commonSubsequence } from '@headrace/runtime/pipeline'

/** A line of one of two texts, with its number from 1. */
export interface Line {
  readonly number: number
  readonly text: string
}

/** Two lines side by side: the same ones, or what stands in the place of the other; null: nothing does. */
export interface Row {
  readonly left: Line | null
  readonly right: Line | null
  readonly same: boolean
}

/** Lines that are shown, or so many equal ones that are not. */
export type Part = { readonly rows: readonly Row[] } | { readonly hidden: number }

/** Lays two texts side by side, equal lines beside each other. */
export function compareLines(left: string, right: string): Row[] {
  const [a, b] = [linesOf(left), linesOf(right)]
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let end = 0
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++
  const rows: Row[] = []
  const push = (i: number | null, j: number | null, same: boolean) =>
    rows.push({
      left: i === null ? null : { number: i + 1, text: a[i] as string },
      right: j === null ? null : { number: j + 1, text: b[j] as string },
      same,
    })
  for (let i = 0; i < start; i++) push(i, i, true)
  const [stopA, stopB] = [a.length - end, b.length - end]
  let [i, j] = [start, start]
  const common = commonSubsequence(a.slice(start, stopA), b.slice(start, stopB))
  const anchors = common.map(([x, y]) => [x + start, y + start] as const)
  for (const [nextA, nextB] of [...anchors, [stopA, stopB] as const]) {
    while (i < nextA || j < nextB) push(i < nextA ? i++ : null, j < nextB ? j++ : null, false)
    if (nextA < stopA || nextB < stopB) push(i++, j++, true)
  }
  for (; i < a.length; i++, j++) push(i, j, true)
  return rows
}

/** The rows with a few equal lines around each difference; the other equal ones are counted. */
export function folded(rows: readonly Row[], around = 2): Part[] {
  const shown = rows.map(() => false)
  for (const [i, { same }] of rows.entries()) {
    if (!same) shown.fill(true, Math.max(0, i - around), Math.min(rows.length, i + around + 1))
  }
  const parts: Part[] = []
  for (let i = 0; i < rows.length; ) {
    let end = i
    while (end < rows.length && shown[end] === shown[i]) end++
    parts.push(shown[i] ? { rows: rows.slice(i, end) } : { hidden: end - i })
    i = end
  }
  return parts
}

const linesOf = (text: string): string[] => text.replace(/\r?\n$/, '').split(/\r?\n/)
