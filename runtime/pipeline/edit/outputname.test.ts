import { expect, test } from 'vitest'
import { freeOutput, outputName } from './outputname.ts'

const named = (name: string, ...paths: string[]) => ({
  headrace: 1 as const,
  name,
  settings: {},
  nodes: Object.fromEntries(paths.map((path, i) => [`n${i}`, { type: 'sinks/csv', config: { path } }])),
  edges: [],
})

test('an output has the name of its pipeline, as files and tables can have it, and no other node’s', () => {
  expect(freeOutput(named('umsatz'), '.lance')).toBe('out/umsatz.lance')
  expect(freeOutput(named('Umsätze 2026/11', 'out/Ums-tze-2026-11.csv'), '.csv')).toBe('out/Ums-tze-2026-11-2.csv')
  expect(outputName(named('..'))).toBe('rows')
})
