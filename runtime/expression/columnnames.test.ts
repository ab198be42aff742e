import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Schema } from '../pipeline/schema.ts'
import { types } from '../pipeline/types.ts'
import { columnsIn, columnText, renameColumn } from './columnnames.ts'
import { checkedTree } from './index.ts'
import { partsOf, type Tree } from './tree.ts'

test('what a run is given is no column', () => {
  expect(names('param.day == day && run.id != run.lap && param["x"] > `param`.a && run == 1')).toEqual([
    'day',
    'run',
    'param',
    'run',
  ])
})

const names = (text: string) => columnsIn(text).map(({ name }) => name)

test.each([
  ['price > 100.0 && lang == "de"', ['price', 'lang']],
  ['keywords == null ? name : name + ": " + keywords', ['keywords', 'name', 'name', 'keywords']],
  ['`net price` * 1.5e3 + x1', ['net price', 'x1']],
  ['row["a \\"b\\""] + row[\'c\'] + row', ['a "b"', 'c', 'row']],
  ['size(text) < 4 && address.city == "x" // price', ['text', 'address']],
  ["text.contains(\"price\") || r\"\\price\" == '''a'b'''", ['text']],
  ['n in [1, 2u, 0xFF] || !true', ['n']],
  ['unfinished + "open', ['unfinished', 'open']],
])('the columns of %s', (text, expected) => {
  expect(names(text)).toEqual(expected)
})

const anyName = fc.oneof(
  fc.constantFrom('price', 'a', 'row', 'in', 'if', 'net price', 'Preis €', 'x"y', 'a`b', "it's", 'size'),
  fc.string({ minLength: 1 }).filter((name) => !/[\0-\x1f\\]|^\s*$|[\ud800-\udfff]/.test(name)),
)

const frames = [
  (c: string) => `${c} == null`,
  (c: string) => `size(${c}) + 1 > 2 ? ${c} : "price"`,
  (c: string) => `${c} + \`other\` + row["third"] + ${c}`,
  (c: string) => `contains("x" + ${c}, ${c}) // a`,
]

test('they are those that the checker finds, however a name is written, also after renaming', () => {
  const anyFrame = fc.constantFrom(...frames)
  fc.assert(
    fc.property(anyFrame, anyName, anyName, fc.constantFrom('', '`x`', 'row["x"]'), (frame, from, to, like) => {
      const text = frame(columnText(from, like))
      const all = [...new Set([from, to, 'other', 'third'])].map((name) => ({ name, type: types.string }))
      const checked = (one: string) => columnsOf(checkedTree(one, new Schema(all)))
      expect(new Set(names(text))).toEqual(checked(text))
      const renamed = renameColumn(text, from, to)
      const others = [...checked(text)].filter((name) => name !== from)
      expect(checked(renamed)).toEqual(new Set([...others, to]))
    }),
  )
})

const columnsOf = (tree: Tree): Set<string> =>
  new Set([...(tree.op === 'column' ? [tree.name] : []), ...partsOf(tree).flatMap((part) => [...columnsOf(part)])])
