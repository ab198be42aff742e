import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Aim } from './aims.ts'
import { drawBars } from './bars.ts'
import type { Machine } from './machine.ts'
import type { Finding } from './measure.ts'

const folder = join(import.meta.dirname, '..', 'results')

/** What a results file holds; written anew after each benchmark, so that a run that is cut short keeps what it found. */
export interface Results {
  readonly machine: Machine
  readonly quick: boolean
  readonly figures: { readonly [benchmark: string]: unknown }
  readonly aims: { readonly [benchmark: string]: readonly Aim[] }
}

export function writeResults(stamp: string, text: string, results: Results): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${stamp}.md`), text)
  writeFileSync(join(folder, `${stamp}.json`), `${JSON.stringify(results, null, 2)}\n`)
}

/** The bar charts of a benchmark: `<benchmark>[-<name>].svg`. */
export function drawFinding(benchmark: string, { bars = [] }: Finding): void {
  mkdirSync(folder, { recursive: true })
  for (const one of bars) {
    writeFileSync(join(folder, `${[benchmark, one.name].filter(Boolean).join('-')}.svg`), drawBars(one))
  }
}

/**
 * The newest aims of each benchmark among all results that are no quick ones, and the commits that they are of. A run in
 * which fewer took part, such as one without peers, does not count where there is one with more.
 */
export function newestAims(): { aims: Aim[]; commits: string[] } {
  const newest = new Map<string, { aims: readonly Aim[]; commit: string }>()
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith('.json')) continue
    // A cast: `writeResults` wrote it; files from before there were aims have none.
    const { machine, quick, aims } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Partial<Results>
    if (quick || !aims || !machine) continue
    for (const [benchmark, own] of Object.entries(aims)) {
      if (measured(own) < measured(newest.get(benchmark)?.aims ?? [])) continue
      newest.set(benchmark, { aims: own, commit: machine.commit })
    }
  }
  const found = [...newest.values()]
  return { aims: found.flatMap(({ aims }) => aims), commits: [...new Set(found.map(({ commit }) => commit))] }
}

const measured = (aims: readonly Aim[]): number => aims.filter(({ met }) => met !== null).length
