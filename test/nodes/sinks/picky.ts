import { appendFileSync, readFileSync } from 'node:fs'
import { HeadraceError, sink, Type, valueAt } from '@headrace/runtime/sdk'
import { fromClosedPort } from '../closedport.ts'

/** A sink whose bulk insert fails, or ends the process, where one of its rows is among them: in `write`, or at the end. */
export default sink({
  title: 'Picky',
  description: 'Appends n to a file by bulk inserts, some of which fail.',
  config: Type.Object({
    path: Type.String({ description: 'The file.' }),
    poison: Type.Array(Type.Integer(), { default: [], description: 'The numbers that an insert fails on.' }),
    from: Type.Optional(Type.Integer({ description: 'An insert fails on all numbers from this one on.' })),
    where: Type.Union([Type.Literal('write'), Type.Literal('commit')], {
      default: 'commit',
      description: 'The insert.',
    }),
    how: Type.Union([Type.Literal('throw'), Type.Literal('crash'), Type.Literal('refuse'), Type.Literal('fault')], {
      default: 'throw',
      description: 'What it does on them.',
    }),
    batch: Type.Integer({ default: 0, description: 'Rejects multiples of this by itself.' }),
    calls: Type.String({ description: 'A file that gets the rows of each insert.' }),
  }),
  examples: [],
  group: { rows: 100_000, bytes: 1 << 30, seconds: 1 },
  async write({ input, config, stage, resolve }) {
    const file = stage('.txt')
    const numbers: number[] = []
    for await (const batch of input) {
      const given = Array.from({ length: batch.rows }, (_, row) => Number(valueAt(batch.column('n'), row)))
      const own = given.flatMap((n, row) => (config.batch && n % config.batch === 0 ? [row] : []))
      batch.reject(own.map((row) => ({ row, code: 'own', message: 'a multiple' })))
      numbers.push(...given.filter((_, row) => !own.includes(row)))
    }
    if (config.where === 'write') await insert(numbers, config, resolve(config.calls))
    appendFileSync(file, '')
    const { writeFile } = await import('node:fs/promises')
    await writeFile(file, numbers.map((n) => `${n}\n`).join(''))
    return { rows: numbers.length, bytes: numbers.length, files: [file] }
  },
  async open({ config, resolve, resumed }) {
    const path = resolve(config.path)
    let state = (resumed as { rows: number; bytes: number } | null) ?? { rows: 0, bytes: 0 }
    const { truncateSync, existsSync, writeFileSync } = await import('node:fs')
    if (existsSync(path)) truncateSync(path, state.bytes)
    else writeFileSync(path, '')
    return {
      stageFolder: resolve('.'),
      async commit(receipts) {
        const text = receipts.flatMap(({ files }) => files.map((file) => readFileSync(file, 'utf8'))).join('')
        const numbers = text.split('\n').filter(Boolean).map(Number)
        if (config.where === 'commit') await insert(numbers, config, resolve(config.calls))
        appendFileSync(path, text)
        state = { rows: state.rows + numbers.length, bytes: state.bytes + text.length }
        return { state }
      },
      finish: async () => ({ path, ...state }),
      close: async () => {},
    }
  },
})

interface Poison {
  readonly poison: readonly number[]
  readonly from?: number
  readonly how: string
}

async function insert(numbers: readonly number[], { poison, from, how }: Poison, calls: string): Promise<void> {
  const bad = numbers.find((n) => poison.includes(n) || (from !== undefined && n >= from))
  appendFileSync(calls, `${numbers.length}${bad === undefined ? '' : ' fails'}\n`)
  if (bad === undefined) return
  if (how === 'crash') {
    process.kill(process.pid, 'SIGSEGV')
    await new Promise(() => setTimeout(() => {}, 60_000))
  }
  if (how === 'refuse') throw new HeadraceError('wrong-password', 'the store refuses this user')
  if (how === 'fault') await fromClosedPort()
  throw new Error(`n=${bad} is refused`)
}
