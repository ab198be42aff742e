import { exact } from '../../style/numbers.ts'

const rows = (count: number): string => `${exact(count)} ${count === 1 ? 'row' : 'rows'}`
const tests = (count: number): string => `${exact(count)} ${count === 1 ? 'test' : 'tests'}`

/** What is said of tests. */
export const words = {
  save: 'Save as test',
  label: 'Save rows as a test',
  name: 'Name of the test',
  called: (node: string) => `rows of ${node}`,
  put: 'put in at',
  rowsPut: 'rows put in at',
  rows: 'Rows that are put in',
  where: 'Where rows are put in',
  expected: (node: string) => `expected at ${node}`,
  selected: (count: number) => (count === 1 ? 'the selected row' : `the ${exact(count)} selected rows`),
  do: 'Save',
  saving: 'Saving…',
  close: 'Do not save a test',
  away: 'The server does not answer.',
  saved: (file: string, put: number, expected: number) =>
    `Saved in ${file}: ${rows(put)} put in, ${rows(expected)} expected`,
  others: 'Where the rows in view come from is not known here: the first rows were put in.',
  command: (file: string) => `headrace test ${file.replace(/\.test\.json$/, '.json')}`,
  run: 'Run tests',
  running: 'Running the tests…',
  notRun: 'The tests could not be run',
  passed: (count: number) => `${tests(count)} passed`,
  failed: (failed: number, count: number) => `${exact(failed)} of ${tests(count)} failed`,
  more: (file: string) => `… all of it: headrace test ${file}`,
  none: 'This pipeline has no tests',
  noneHint: 'Select rows in the drawer and save them as a test.',
} as const
