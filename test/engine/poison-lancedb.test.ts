import { expect, test } from 'vitest'
import { decodeLedger } from '../../runtime/engine/ledger.ts'
import { run } from '../cli/command.ts'
import { brokenText, idsStored } from './brokentext.ts'
import { Workplace } from './workplace.ts'

test.each([[undefined], ['n']])(
  'a row that LanceDB refuses is found; 511 of 512 are stored once (key %s)',
  async (key) => {
    const place = new Workplace()
    const pipeline = brokenText(place, 512, 77, key)
    const report = await place.run(pipeline)
    expect(report).toMatchObject({ status: 'done', balanced: true, rows: { stored: 511, rejected: 1 } })
    expect(await idsStored(place)).toEqual(Array.from({ length: 512 }, (_, i) => i + 1).filter((n) => n !== 77))
    const { records } = decodeLedger(`${place.lines(`.headrace/runs/${report.runId}/ledger`).join('\n')}\n`)
    if (!key) expect(records.filter(({ type }) => type === 'intent').length, 'calls').toBeLessThanOrEqual(20)
    expect(place.rows(`.headrace/runs/${report.runId}/dead-letters.ndjson`)).toMatchObject([
      { n: 77, _node: 'out', _code: 'lancedb-refused', _message: expect.stringMatching(/UTF-?8/i) },
    ])
  },
)

// Which of the ledger's records the process does not live to write, or dies right behind; the others: test/long.
test.each([
  ['kill-before', 3],
  ['kill-after', 6],
  // Between the last rows' record and that of the whole part.
  ['kill-before', 27],
] as const)(
  'killed while it looks for that row (%s record %i), a resume stores the others once',
  async (kind, record) => {
    const place = new Workplace()
    const pipeline = brokenText(place, 512, 77)
    const killed = await run(['run', pipeline], { env: { HEADRACE_FAULT: `ledger.append.write:${kind}:${record}` } })
    expect(killed.signal, killed.stderr).toBe('SIGKILL')
    const { code, stdout, stderr } = await run(['resume', pipeline, '--json'])
    expect(code, stderr).toBe(3)
    expect(JSON.parse(stdout)).toMatchObject({
      balanced: true,
      rows: { in: 512, stored: 511, rejected: 1 },
      restarts: 0,
    })
    expect(await idsStored(place)).toEqual(Array.from({ length: 512 }, (_, i) => i + 1).filter((n) => n !== 77))
  },
)
