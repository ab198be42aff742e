import { select } from '../conflicts.ts'
import type { Fix } from '../fix.ts'
import { insertBefore } from '../insert.ts'
import { removeNodes } from '../operations.ts'
import { type Ask, chooseFix, type Maker, setFix } from './ask.ts'

/** An output that exists: put a new one in its place, add to it, or write somewhere else. */
export const outputExists: Maker = (ask) => [
  setFix('Replace it', ask, ['ifExists'], 'replace'),
  setFix('Add to it', ask, ['ifExists'], 'append'),
  ...newName(ask),
]

/** A folder or table that cannot take the rows: another one. */
export const newName = (ask: Ask): Fix[] => {
  const { pipeline, node } = ask
  const config = pipeline.nodes[node]?.config ?? {}
  const key = typeof config['table'] === 'string' ? 'table' : 'path'
  const name = config[key]
  if (typeof name !== 'string' || name === '') return []
  const used = Object.values(pipeline.nodes).map((one) => one.config[key])
  const next = nextName(name, (other) => used.includes(other))
  return [setFix(`Write to ${next}`, ask, [key], next)]
}

/** `out/rows.csv` → `out/rows-2.csv`, `out/parts/` → `out/parts-2/`, `emoji` → `emoji-2`. */
export function nextName(name: string, taken: (name: string) => boolean): string {
  const [, stem = name, number, ending = ''] = /^(.*?)(?:-([0-9]+))?(\.[A-Za-z0-9.]+|\/)?$/s.exec(name) ?? []
  for (let n = Number(number ?? 1) + 1; ; n++) if (!taken(`${stem}-${n}${ending}`)) return `${stem}-${n}${ending}`
}

/** Two sinks that write to one place: another place, or all rows to the first. */
export const sameOutput: Maker = (ask) => {
  const { problem, pipeline, node } = ask
  const [, other] = /^(\S+) writes there too/.exec(problem.message) ?? []
  if (!other || !pipeline.nodes[other]) return newName(ask)
  const inputs = pipeline.edges.filter(({ to }) => to.node === node)
  const lead: Fix = {
    title: `Lead the rows to ${other}`,
    change: (one) => {
      const rest = removeNodes(one, [node])
      const moved = inputs.map(({ from }) => ({ from, to: { node: other, port: '' } }))
      const fresh = moved.filter(
        ({ from }) =>
          !rest.edges.some(
            (edge) => edge.to.node === other && edge.from.node === from.node && edge.from.port === from.port,
          ),
      )
      return { ...rest, edges: [...rest.edges, ...fresh] }
    },
  }
  return [...newName(ask), lead]
}

export const isAFolder: Maker = (ask) =>
  typeof ask.value === 'string' ? [setFix('Write parts into it', ask, ask.path, `${ask.value}/`), ...newName(ask)] : []

export const notAFolder: Maker = (ask) => {
  const { value, path } = ask
  if (typeof value !== 'string' || ask.problem.message.includes('below it')) return []
  const name = newName(ask)
  return value.endsWith('/') ? [setFix('Write one file', ask, path, value.replace(/\/+$/, '')), ...name] : name
}

/** A column's name that the store cannot have: another before it. */
export const badName: Maker = ({ problem, node }) => {
  const [, name] = /column named "(.*?)"/s.exec(problem.message) ?? []
  if (name === undefined) return []
  const as = name.replaceAll('.', '_').replace(/^_+/, '')
  const rename = select([{ column: name, as }])
  return [
    {
      title: `Rename \`${name}\` to \`${as}\` before ${node}`,
      change: (one) => insertBefore(one, node, 'rename', rename),
    },
  ]
}

/** A column that the file cannot hold: left out before it. */
export const unwritable: Maker = ({ problem, node }) => {
  const [, name] = /^column "(.*?)" has/s.exec(problem.message) ?? []
  if (name === undefined) return []
  const drop = { type: 'transforms/select', config: { columns: [], rest: 'keep', drop: [name] } }
  return [{ title: `Leave \`${name}\` out before ${node}`, change: (one) => insertBefore(one, node, 'drop', drop) }]
}

/** A path beyond what the page may see: another file, or an output in the folder. */
export const outside: Maker = (ask) => {
  const { problem, value, path } = ask
  if (!problem.message.includes('outside of what')) {
    const name = typeof value === 'string' ? (/[^/\\]+[/\\]?$/.exec(value)?.[0] ?? '') : ''
    return name ? [setFix(`Write to out/${name}`, ask, path, `out/${name}`)] : []
  }
  return [chooseFix(path.at(-1) === 'model' ? 'Choose a model' : 'Choose a file', ask)]
}
