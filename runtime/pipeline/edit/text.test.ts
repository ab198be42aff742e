import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../../sdk/node.ts'
import { parsePipeline } from '../document.ts'
import { fileValue, formatPipeline } from '../format.ts'
import type { Pipeline } from '../model.ts'
import * as edit from './index.ts'
import { anyOperation, anyPipeline, anyWriting, writtenAs } from './text.scene.ts'

const parse = (text: string): Pipeline => parsePipeline(text).pipeline as Pipeline

/** The text after a change that is made from what the text says. */
const changed = (text: string, change: (pipeline: Pipeline) => Pipeline): string => {
  const before = parse(text)
  return edit.editText(text, before, change(before))
}

const plain = (line: string) => line.replace(/[,\s]+$/, '')

/** Lines that only one of two texts has; a comma or line end at their end does not count. */
function differing(before: string, after: string) {
  const count = (text: string) => {
    const lines = new Map<string, number>()
    for (const line of text.split('\n').map(plain)) lines.set(line, (lines.get(line) ?? 0) + 1)
    return lines
  }
  const [old, now] = [count(before), count(after)]
  const less = (a: Map<string, number>, b: Map<string, number>) =>
    [...a].flatMap(([line, n]) => (n > (b.get(line) ?? 0) ? [line] : []))
  return { gone: less(old, now), come: less(now, old) }
}

/** Without the lines of lists and objects that have become empty, or were. */
const lasting = (lines: readonly string[]) => lines.filter((line) => !/[{[][}\]]$/.test(line))

describe('whatever the formatting and the change', () => {
  test('the text says exactly what the pipeline is after it', () => {
    fc.assert(
      fc.property(
        anyPipeline,
        anyWriting,
        fc.array(anyOperation, { maxLength: 4 }),
        (pipeline, writing, operations) => {
          let text = writtenAs(pipeline, writing)
          for (const operation of operations) {
            const before = parse(text)
            const after = operation(before)
            text = edit.editText(text, before, after)
            const read = parsePipeline(text)
            expect(read.problems).toEqual([])
            expect(JSON.stringify(fileValue(read.pipeline as Pipeline))).toBe(JSON.stringify(fileValue(after)))
          }
        },
      ),
      { numRuns: 800 },
    )
  })

  test('a file in our own form stays in it', () => {
    fc.assert(
      fc.property(anyPipeline, anyOperation, (pipeline, operation) => {
        const text = formatPipeline(pipeline)
        const after = operation(parse(text))
        const next = edit.editText(text, parse(text), after)
        expect(next).toBe(formatPipeline(after))
        expect(formatPipeline(parse(next))).toBe(next)
      }),
      { numRuns: 500 },
    )
  })

  test('no change is no change, to the byte', () => {
    fc.assert(
      fc.property(anyPipeline, anyWriting, (pipeline, writing) => {
        const text = writtenAs(pipeline, writing)
        expect(changed(text, (one) => ({ ...one, nodes: { ...one.nodes } }))).toBe(text)
      }),
      { numRuns: 500 },
    )
  })

  test('line ends, byte order mark and the end of the file stay', () => {
    fc.assert(
      fc.property(anyPipeline, anyWriting, anyOperation, (pipeline, writing, operation) => {
        const text = writtenAs(pipeline, writing)
        const next = changed(text, operation)
        expect(next.startsWith('\ufeff')).toBe(text.startsWith('\ufeff'))
        expect(/\s*$/.exec(next)?.[0]).toBe(/\s*$/.exec(text)?.[0])
        if (text.includes('\n')) expect(/[^\r]\n/.test(next)).toBe(/[^\r]\n/.test(text))
      }),
      { numRuns: 500 },
    )
  })

  test('in a file with an entry a line, a deleted node takes lines away and changes none, a new one adds some', () => {
    fc.assert(
      fc.property(anyPipeline, anyWriting, (pipeline, writing) => {
        const text = writtenAs(pipeline, { ...writing, unit: writing.unit ?? '  ', inline: 'none' })
        const [id] = Object.keys(pipeline.nodes)
        if (id)
          expect(
            lasting(
              differing(
                text,
                changed(text, (one) => edit.disconnectAll(one, id)),
              ).come,
            ),
          ).toEqual([])
        if (id && Object.keys(pipeline.nodes).length > 1 && !pipeline.groups) {
          const left = changed(text, (one) => edit.removeNodes(one, [id]))
          expect(lasting(differing(text, left).come)).toEqual([])
        }
        const more = changed(text, (one) =>
          edit.addNode(one, edit.freeId(one, 'new'), { type: 'a/b', config: {} }, [1, 2]),
        )
        expect(lasting(differing(text, more).gone)).toEqual([])
      }),
      { numRuns: 500 },
    )
  })
})

const odd = `{  "headrace" :1,
   "x-owner": "Zo\\u00eb",

   "edges": [
     {"from":"a",   "to":"b" } ,
     {"from":"b", "to":"c", "colour": "red"}
   ],
   "nodes": {
     "a": {"config": {"path": "\\u0061.csv", "rows": 1.0, "most": 1e3}, "type": "sources/csv", "owner": 7},
     "b": {"type":"transforms/filter",
           "config": {"where":"price  >  1"}},
     "c": {"type": "sinks/csv", "config": {"path": "out.csv"}}
   },
   "layout": {"a": [0.0,0], "b": [240 ,0], "c": [480, 0]},
   "settings": {"memory": "1GB", "colour": 1}
}`

describe('a file written by hand', () => {
  const lines = (text: string) => differing(odd, text)

  test('moving a node changes its own place and nothing else', () => {
    const moved = changed(odd, (one) => edit.moveNodes(one, { b: [250, 16] }))
    expect(moved).toBe(odd.replace('[240 ,0]', '[250 ,16]'))
    expect(changed(odd, (one) => edit.moveNodes(one, { a: [0, 0] }))).toBe(odd)
  })

  test('a setting changes its value alone; what is beside it keeps its spelling', () => {
    const set = changed(odd, (one) => edit.setSetting(one, 'a', ['path'], 'b.csv'))
    expect(set).toBe(odd.replace('"\\u0061.csv"', '"b.csv"'))
    const added = changed(odd, (one) => edit.setSetting(one, 'b', ['onError'], 'fail'))
    expect(added).toBe(odd.replace('"price  >  1"}', '"price  >  1","onError": "fail"}'.replace('","', '", "')))
  })

  test('a new edge has its line at the end, as its neighbours are written', () => {
    const edge = { from: { node: 'a', port: '' }, to: { node: 'c', port: '' } }
    const text = changed(odd, (one) => edit.connect(one, edge))
    expect(lines(text)).toEqual({ gone: [], come: ['     {"from": "a", "to": "c"}'] })
    expect(changed(text, (one) => edit.disconnect(one, edge))).toBe(odd)
  })

  test('a renamed node keeps what is unknown in it and in its edges', () => {
    const text = changed(odd, (one) => edit.renameNode(one, 'a', 'orders'))
    expect(lines(text).gone).toHaveLength(3)
    expect(text).toContain('"orders": {"config": {"path": "\\u0061.csv", "rows": 1.0, "most": 1e3}, "type"')
    const edges = changed(odd, (one) => edit.renameNode(one, 'c', 'out'))
    expect(edges).toContain('{"from":"b", "to":"out", "colour": "red"}')
  })

  test('the last setting of the run goes and leaves what is not known', () => {
    const text = changed(odd, (one) => edit.setRunSetting(one, 'memory', undefined))
    expect(text).toBe(odd.replace('"memory": "1GB", ', ''))
  })

  test('a node goes with its line, its edges and its place', () => {
    const text = changed(odd, (one) => edit.removeNodes(one, ['c']))
    expect(lines(text).come).toEqual(['   "layout": {"a": [0.0,0], "b": [240 ,0]}'])
    expect(lines(text).gone).toHaveLength(3)
  })
})

test('the first place of a node makes a layout', () => {
  const text = '{\n\t"headrace": 1,\n\t"nodes": {\n\t\t"a": { "type": "x/y" }\n\t}\n}\n'
  const moved = changed(text, (one) => edit.moveNodes(one, { a: [8, 16] }))
  expect(moved).toBe(text.replace('\t}\n}\n', '\t},\n\t"layout": { "a": [8, 16] }\n}\n'))
})

test('values of a wrong shape stay until they are set', () => {
  const text = '{\n  "headrace": 1,\n  "nodes": { "a": 5, "b": {"type": "x/y", "config": []} },\n  "edges": [7]\n}'
  const renamed = changed(text, (one) => edit.renameNode(one, 'b', 'c'))
  expect(renamed).toBe(text.replace('"b"', '"c"'))
  const set = changed(text, (one) => edit.setSetting(one, 'b', ['n'], 1))
  expect(set).toBe(text.replace('[]', '{ "n": 1 }'))
})

test('the order of derived columns is kept, for they leave in it', () => {
  const columns = { a: 'x', b: 'y' } satisfies Json
  const pipeline = parse('{"headrace":1,"nodes":{"d":{"type":"transforms/derive","config":{}}}}')
  const text = JSON.stringify(fileValue(edit.setSetting(pipeline, 'd', ['columns'], columns)), null, 1)
  const turned = changed(text, (one) => edit.setSetting(one, 'd', ['columns'], { b: 'y', c: 'z', a: 'x' }))
  expect(Object.keys(parse(turned).nodes['d']?.config['columns'] as object)).toEqual(['b', 'c', 'a'])
})
