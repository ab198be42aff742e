import { seededRandom } from '../../runtime/disk/index.ts'

/** What a seed decides. */
export class Chance {
  readonly next: () => number

  constructor(seed: number) {
    this.next = seededRandom(seed)
    // The first numbers of neighbouring seeds are alike.
    for (let i = 0; i < 3; i++) this.next()
  }

  /** A whole number from 0, below `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end)
  }

  /** A whole number, both ends included. */
  between(first: number, last: number): number {
    return first + this.below(last - first + 1)
  }

  hits(share: number): boolean {
    return this.next() < share
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T
  }

  /** A number between two, small ones as often as large ones. */
  scale(least: number, most: number): number {
    return least * (most / least) ** this.next()
  }
}
