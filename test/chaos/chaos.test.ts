import { expect, test } from 'vitest'
import { replayRound } from './replay.ts'
import { type Round, roundOf, undisturbed } from './round.ts'
import { serverRound } from './server.ts'

// Ten of the rounds of test/long/rounds.long.ts; HEADRACE_SEED=n plays those from seed n on.
const first = Number(process.env['HEADRACE_SEED'] ?? 1)

test('killed at a random moment and resumed: as if nobody had disturbed it', { timeout: 600_000 }, async () => {
  const whole = await undisturbed()
  expect(whole.left).toMatchObject({ table: { length: 150 }, letters: { length: 50 }, strays: [] })
  const rounds: Round[] = []
  for (let seed = first; seed < first + 6; seed++) rounds.push(await roundOf(seed, whole))
  for (let seed = first; seed < first + 2; seed++) rounds.push(await serverRound(seed, whole, 'run'))
  rounds.push(await serverRound(first, whole, 'server'))
  rounds.push(await replayRound(first))
  const counted = rounds.filter((round) => round.counted > 0).length
  process.stdout.write(
    `${rounds.length} rounds from seed ${first}: in ${counted} of them a kill fell between the first and the last record\n`,
  )
  expect(counted).toBeGreaterThan(0)
})
