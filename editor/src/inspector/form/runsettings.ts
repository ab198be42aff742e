import type { Setting } from './field.ts'

const amount = { kind: 'text', format: 'plain', number: true } as const
const count = (least: number, most: number | null) => ({ kind: 'number', whole: true, least, most }) as const

/** How a whole run is to be: the settings that stand at the top of a pipeline's file. */
export const runSettings: readonly Setting[] = [
  {
    name: 'memory',
    label: 'Memory',
    description: 'Most memory for batches and buffers. Left out: 1 GiB, or half of the machine’s if that is less.',
    examples: ['512MB', '2GB'],
    fallback: undefined,
    required: false,
    field: amount,
  },
  {
    name: 'workers',
    label: 'Workers',
    description: 'How many parts of the source are worked on at once. Left out: as many as the machine has cores.',
    examples: [2],
    fallback: undefined,
    required: false,
    field: count(1, 1024),
  },
  {
    name: 'errorLimit',
    label: 'Stop after so many rejected rows',
    description: 'A count, or a share of the rows. Left out: 10 % once 1,000 rows are read.',
    examples: [500, '10%'],
    fallback: undefined,
    required: false,
    field: amount,
  },
  {
    name: 'deadLetters',
    label: 'Rejected rows that are fine',
    description: 'With more of them than this the run ends with code 3. Left out: 0.',
    examples: [100],
    fallback: undefined,
    required: false,
    field: count(0, null),
  },
  {
    name: 'lineage',
    label: 'Keep where rows come from',
    description: 'Every sink writes one more column, “_identity”: the row’s place in its source, as “trace” takes it.',
    examples: [],
    fallback: false,
    required: false,
    field: { kind: 'switch' },
  },
]
