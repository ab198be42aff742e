import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Schema, types } from '@headrace/runtime/sdk'
import { Bench } from '@headrace/runtime/testing'
import fc from 'fast-check'
import { findFiles } from '../../../nodes/formats/files.ts'
import { describeQuery } from '../../../nodes/formats/table/query.ts'
import { endingOf, refusedBy } from '../engine/judge.ts'
import type { Target } from '../engine/target.ts'

/** The query of the sql node, as a check prepares it. */
export const sqlTarget: Target = {
  about: 'the query of the sql node, at check',
  form: 'bytes',
  short: 30,
  together: 2,
  seeds: () => [
    'SELECT country, count(*) AS n FROM input GROUP BY country ORDER BY n DESC',
    'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT n FROM t',
    "SELECT o.*, i.name FROM orders o LEFT JOIN input i ON o.id = i.id WHERE i.name LIKE '%a%'",
    "SELECT * FROM 'data/a.csv'",
    "COPY input TO 'x.csv'",
    "ATTACH 'x.db'; SELECT 1",
    'SELECT sum(x) FROM range(100000000000) t(x)',
    "SELECT repeat('a', 2000000000)",
    'SELECT list_transform([1], x -> x + 1), {a: 1}, map {1: 2}, 1::UNION(a INT, b VARCHAR)',
    'PIVOT input ON country USING count(*)',
    "SELECT getenv('HOME'), current_setting('memory_limit')",
    `SELECT ${'('.repeat(300)}1${')'.repeat(300)}`,
    `SELECT 1${' + 1'.repeat(1000)}`,
    "SELECT read_text('/etc/passwd')",
    'INSTALL httpfs',
    'EXPLAIN ANALYZE SELECT 1',
  ],
  words: [
    'SELECT ',
    ' FROM ',
    'input',
    'orders',
    '*',
    '(',
    ')',
    "'",
    '"',
    ';',
    '--',
    '/*',
    'UNION ALL ',
    'WITH ',
    'read_csv(',
    'glob(',
    'range(',
    '::',
    'CAST(',
    'INTERVAL',
    '$$',
    '?',
    '$1',
    'PRAGMA ',
    'ATTACH ',
    'COPY ',
    'SET ',
    'CALL ',
  ],
  async open() {
    const inputs = {
      '': new Schema([
        { name: 'id', type: types.int64 },
        { name: 'country', type: types.string },
        { name: 'name', type: types.string },
      ]),
      orders: new Schema([{ name: 'id', type: types.int64 }]),
    }
    return {
      async feed(input) {
        try {
          await describeQuery(input.toString('utf8'), inputs, new AbortController().signal)
          return 'a query'
        } catch (error) {
          return endingOf(error)
        }
      },
    }
  },
}

const piece = fc.constantFrom(
  '*',
  '**',
  '?',
  '[a-z]',
  '[!a]',
  '{a,b}',
  '{1..9}',
  '+(a|aa)',
  '*(a)',
  '!(b)',
  '@(a|b)',
  '(a)',
  '\\',
  '/',
  '.',
  'a',
  'aaa',
  '[',
  ']',
  '{',
  '}',
  ',',
  '..',
  '{1..99999}',
  '[[:alpha:]]',
)

/** Patterns in paths. */
export const globTarget: Target = {
  about: 'patterns in paths',
  form: 'bytes',
  short: 60,
  together: 4,
  seeds: () => [
    'data/*.csv',
    'data/**',
    'data/{a,b}*',
    '**/+(a|aa)+',
    'data/[a-z]?.csv',
    'report (1) [old].csv',
    `${'{a,b}'.repeat(12)}`,
    `${'*'.repeat(50)}b`,
    '{1..100000000}',
    `data/${'*a'.repeat(30)}b`,
  ],
  words: ['*', '**', '?', '[', ']', '{', '}', ',', '!(', '+(', '@(', '*(', ')', '|', '/', '..', '{1..', '\\', 'aaaa'],
  grammar: fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('')),
  async open(folder) {
    mkdirSync(join(folder, 'data', 'deep'), { recursive: true })
    for (const name of ['a.csv', 'b.csv', `${'a'.repeat(120)}.csv`, 'report (1) [old].csv', 'deep/ab.csv'])
      writeFileSync(join(folder, 'data', name), 'a\n')
    return {
      async feed(input) {
        const path = input.toString('utf8').slice(0, 2000)
        // Another folder may have any number of files: looking through them takes what it takes.
        if (path.startsWith('/') || path.includes('..')) return 'another folder'
        const bench = new Bench(folder)
        try {
          const found = await findFiles({ path, folder, resolve: bench.resolve, report: bench.report })
          return bench.problems.length ? refusedBy(bench.problems) : `${found.length} files`
        } catch (error) {
          return endingOf(error)
        }
      },
    }
  },
}
