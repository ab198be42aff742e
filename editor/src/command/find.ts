import type { Entry } from './entries.ts'

/** More is not read, and a large pipeline has thousands of settings. */
const most = 100
const mostOfGroup = 25

/**
 * The entries that a search finds, best first inside each group, and the group of the best one first: a title before a
 * beginning of it, a word of it, a part of it, and what is said about it. Every word of the search is in the entry.
 */
export function findEntries(entries: readonly Entry[], query: string): Map<string, Entry[]> {
  const wanted = query.trim().toLowerCase().split(/\s+/).filter(Boolean)
  const ranked = entries.flatMap((entry) => {
    const rank = rankOf(entry, wanted)
    return rank > 0 ? [{ entry, rank }] : []
  })
  if (wanted.length > 0) ranked.sort((a, b) => b.rank - a.rank)
  const found = Map.groupBy(
    ranked.slice(0, wanted.length > 0 ? most : ranked.length).map(({ entry }) => entry),
    ({ group }) => group,
  )
  return new Map([...found].map(([group, all]) => [group, all.slice(0, mostOfGroup)]))
}

function rankOf({ title, about = '', id, group }: Entry, wanted: readonly string[]): number {
  if (wanted.length === 0) return 1
  const name = title.toLowerCase()
  const rest = `${about} ${id} ${group}`.toLowerCase()
  const ranks = wanted.map((word) => {
    if (name.startsWith(word)) return 5
    if (isWord(name, word)) return 4
    if (name.includes(word)) return 3
    if (isWord(rest, word)) return 2
    return rest.includes(word) ? 1 : 0
  })
  if (ranks.some((rank) => rank === 0)) return 0
  return name === wanted.join(' ') ? 10 : ranks.reduce<number>((sum, rank) => sum + rank, 0) / ranks.length
}

/** Whether a word of the text begins so. */
const isWord = (text: string, word: string): boolean =>
  text.startsWith(word) || [' ', '.', '/', '"', '-'].some((before) => text.includes(before + word))
