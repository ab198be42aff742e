import { expect, test } from 'vitest'
import { replayRound } from '../chaos/replay.ts'
import { type Round, roundOf, undisturbed } from '../chaos/round.ts'
import { serverRound } from '../chaos/server.ts'

// HEADRACE_ROUNDS: how many; HEADRACE_SEED: the first one, to play a round again.
const rounds = Number(process.env['HEADRACE_ROUNDS'] ?? 200)
const first = Number(process.env['HEADRACE_SEED'] ?? 1)

test(`${rounds} rounds of a real pipeline, killed and resumed`, { timeout: 7_200_000 }, async () => {
  const whole = await undisturbed()
  const all: Record<string, Round[]> = { 'command line': [], 'run of a server': [], server: [] }
  for (let seed = first; seed < first + rounds; seed++) {
    // Of ten rounds seven are of the command line, two kill a server's run, one kills the server.
    const kind = seed % 10 < 7 ? 'command line' : seed % 10 < 9 ? 'run of a server' : 'server'
    const round =
      kind === 'command line'
        ? await roundOf(seed, whole)
        : await serverRound(seed, whole, kind === 'server' ? 'server' : 'run')
    all[kind]?.push(round)
    if (seed % 10 === 0) process.stdout.write(`to seed ${seed}: ${told(all)}\n`)
  }
  process.stdout.write(`${rounds} rounds from seed ${first}: ${told(all)}\n`)
  for (const [kind, own] of Object.entries(all))
    if (own.length >= 5) expect(own.filter(({ counted }) => counted > 0).length, kind).toBeGreaterThan(0)
})

test(`${rounds / 10} replays of rejected rows, killed and resumed`, { timeout: 7_200_000 }, async () => {
  const all: Round[] = []
  for (let seed = first; seed < first + rounds / 10; seed++) all.push(await replayRound(seed))
  process.stdout.write(`${told({ replays: all })}\n`)
  expect(all.filter(({ counted }) => counted > 0).length).toBeGreaterThan(0)
})

const told = (all: Record<string, Round[]>): string =>
  Object.entries(all)
    .map(([kind, own]) => {
      const kills = own.reduce((sum, round) => sum + round.kills, 0)
      return `${kind} ${own.filter(({ counted }) => counted > 0).length} of ${own.length} rounds count (${kills} kills)`
    })
    .join(', ')
