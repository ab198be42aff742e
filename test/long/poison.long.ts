import { expect, test } from 'vitest'
import { run } from '../cli/command.ts'
import { brokenText, idsStored } from '../engine/brokentext.ts'
import { Workplace } from '../engine/workplace.ts'

// A row that LanceDB refuses, killed at each record of the ledger while it is looked for.
const wanted = Array.from({ length: 512 }, (_, i) => i + 1).filter((n) => n !== 77)

for (const kind of ['kill-before', 'kill-after', 'torn'] as const) {
  test(`a poison row in LanceDB, ${kind} at every record: the others are stored once`, async () => {
    let killed = 0
    for (let record = 1; ; record++) {
      const place = new Workplace()
      const pipeline = brokenText(place, 512, 77)
      const first = await run(['run', pipeline], { env: { HEADRACE_FAULT: `ledger.append.write:${kind}:${record}` } })
      if (first.signal === null) {
        expect(first.code, first.stderr).toBe(3)
        break
      }
      killed++
      const { code, stderr } = await run(['resume', pipeline])
      // Killed behind its last record it was done.
      expect([0, 3], `record ${record}: ${stderr}`).toContain(code)
      expect(await idsStored(place), `record ${record}`).toEqual(wanted)
    }
    process.stdout.write(`${kind}: ${killed} records\n`)
    expect(killed).toBeGreaterThan(15)
  })
}
