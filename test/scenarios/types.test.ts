import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Workplace } from '../engine/workplace.ts'
import { query } from './stored.ts'

const columns = `i as id, [i, i + 1, null] as list, {'a': i, 'b': ['x', null], 'c': {'d': date '2026-01-01' + i::int}} as nested,
  (i * 1.25)::decimal(12, 3) as price, case when i % 3 = 0 then null else 'text ü ' || i end as text,
  map {'k': i, 'z': 2} as map, timestamp '2026-01-01' + interval (i) hour as local,
  timestamptz '2026-01-01 00:00:00+02' as moment, time '12:34:56.789' as time, i::float as f4, (i % 200)::utinyint as u1,
  'ab'::blob as bytes, 'A'::enum('A', 'B') as choice, i % 2 = 0 as even, []::int[] as empty,
  9007199254740993 + i as large`

test('every type goes through Parquet and Arrow and back, and JSON says the same of each', async () => {
  const place = new Workplace()
  await query(`copy (select ${columns} from range(2500) t(i)) to '${place.path('in.parquet')}' (row_group_size 2048)`)
  const steps = [
    ['sources/parquet', 'in.parquet', 'sinks/parquet', 'a.parquet'],
    ['sources/parquet', 'a.parquet', 'sinks/arrow', 'b.arrow'],
    ['sources/arrow', 'b.arrow', 'sinks/ndjson', 'b.ndjson'],
    ['sources/parquet', 'in.parquet', 'sinks/ndjson', 'in.ndjson'],
  ] as const
  for (const [source, from, sink, to] of steps) {
    const file = place.pipeline({ in: [source, { path: from }], out: [sink, { path: to }] }, [['in', 'out']])
    expect(await place.run(file), to).toMatchObject({ exitCode: 0, nodes: { out: { out: 2500 } } })
  }
  expect(readFileSync(place.path('b.ndjson')).equals(readFileSync(place.path('in.ndjson')))).toBe(true)
  expect(place.lines('in.ndjson')[1]).toBe(
    '{"id":1,"list":[1,2,null],"nested":{"a":1,"b":["x",null],"c":{"d":"2026-01-02"}},"price":"1.250","text":"text ü 1",' +
      '"map":[{"key":"k","value":1},{"key":"z","value":2}],"local":"2026-01-01T01:00:00","moment":"2025-12-31T22:00:00Z",' +
      '"time":"12:34:56.789","f4":1,"u1":1,"bytes":"YWI=","choice":"A","even":false,"empty":[],"large":9007199254740994}',
  )
})
