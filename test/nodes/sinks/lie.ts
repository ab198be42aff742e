import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { maskOf, sink, Type } from '@headrace/runtime/sdk'

/** How a sink can lie about what it takes and stores. */
export const sinkLies = ['fewer', 'more', 'early', 'filter', 'reject-and-keep', 'forget'] as const

/** A sink of numbers, one a line, that says other than it does. */
export default sink({
  title: 'Lie',
  description: 'Writes n, one a line, and lies about it.',
  config: Type.Object({
    path: Type.String({ format: 'path', description: 'The file.' }),
    how: Type.String({
      default: 'none',
      description:
        'fewer or more rows than it wrote; early: it stops reading; filter: it leaves a row out; reject-and-keep it; ' +
        'forget: it loses one when it puts its file in place, and says how many it has',
    }),
    at: Type.Integer({ default: 31, description: 'It lies when it meets this n.' }),
    honest: Type.Optional(Type.String({ description: 'A file: where it exists, nothing is wrong.' })),
  }),
  examples: [],
  async open({ config: { path, how, honest }, resolve, resumed }) {
    let files = (resumed as string[] | null) ?? []
    return {
      stageFolder: resolve('.'),
      async commit(receipts) {
        files = [...files, ...receipts.flatMap((receipt) => receipt.files)]
        return { state: files }
      },
      async finish() {
        const lines = files.flatMap((file) => readFileSync(file, 'utf8').split('\n').filter(Boolean))
        if (how === 'forget' && !(honest && existsSync(honest))) lines.pop()
        writeFileSync(resolve(path), lines.map((line) => `${line}\n`).join(''))
        return { path: resolve(path), rows: lines.length, bytes: 0 }
      },
      close: async () => {},
    }
  },
  async write({ input, stage, config: { how, at, honest } }) {
    const numbers: number[] = []
    let rows = 0
    for await (const batch of input) {
      const own = Array.from({ length: batch.rows }, (_, row) => Number(batch.row(row)['n']))
      const row = honest && existsSync(honest) ? -1 : own.indexOf(at)
      if (row >= 0 && how === 'filter') batch.where(maskOf(batch.scope, batch.rows, (place) => place !== row))
      if (row >= 0 && how === 'reject-and-keep') batch.reject([{ row, code: 'odd', message: 'an odd row' }])
      numbers.push(...own)
      rows += own.length + (row >= 0 ? ({ fewer: -1, more: 1 }[how] ?? 0) : 0)
      if (row >= 0 && how === 'early') break
    }
    const file = stage('.txt')
    writeFileSync(file, numbers.map((n) => `${n}\n`).join(''))
    return { rows, bytes: 0, files: [file] }
  },
})
