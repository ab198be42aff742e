import type { Checked } from '../catalogue/check.ts'
import { digest } from '../engine/digest.ts'
import { fingerprints } from '../engine/prepare.ts'
import { goesOn } from '../engine/resume/changes.ts'
import { changesBetween, type Makes, makesOf } from '../engine/stored/makes.ts'
import type { CheckedNode } from '../pipeline/check.ts'
import type { Json } from '../sdk/node.ts'
import type { Again } from './model.ts'

/** What a run of the new pipeline does again: by what makes the rows of each node, from the sources down. */
export async function againOf(before: Checked, after: Checked, names: ReadonlyMap<string, string>): Promise<Again> {
  const [old, now] = [signatures(before), signatures(after)]
  const isSame = (id: string) => names.has(id) && old.get(names.get(id) as string) === now.get(id)
  const nodes = after.order.map((id) => after.nodes[id] as CheckedNode)
  const rows = nodes.filter(({ definition }) => definition.kind !== 'sink')
  const other = new Set(rows.filter(({ id }) => !isSame(id)).map(({ id }) => id))
  const reaches = ({ inputs }: CheckedNode) => inputs.some(({ from }) => other.has(from.node))
  const sinks = nodes.filter(({ definition }) => definition.kind === 'sink')
  const oldNode = (id: string) => before.nodes[names.get(id) ?? '']
  const otherRows = sinks.filter((node) => reaches(node) || !oldNode(node.id) || feedsChanged(node))
  const otherWay = ({ id, type, config }: CheckedNode) => {
    const was = oldNode(id)
    return was !== undefined && digest([was.type, was.config]) !== digest([type, config])
  }
  const models = rows.filter(({ definition, id }) => definition.kind === 'model' && other.has(id)).map(({ id }) => id)
  return {
    from: rows.filter((node) => other.has(node.id) && !reaches(node)).map(({ id }) => id),
    nodes: [...other, ...otherRows.map(({ id }) => id)],
    same: rows.filter(({ id }) => !other.has(id)).map(({ id }) => id),
    stored: sinks.filter((node) => !otherRows.includes(node) && otherWay(node)).map(({ id }) => id),
    models,
    otherModels: models.filter(
      (id) => names.has(id) && modelOf(after, id) !== modelOf(before, names.get(id) as string),
    ),
    asks: await asksFor(before, after),
    resumes: await goesOn(before, after),
  }

  /** Another edge leads to a sink, or one no longer does. */
  function feedsChanged({ id, inputs }: CheckedNode): boolean {
    const was = oldNode(id)?.inputs ?? []
    const text = (list: CheckedNode['inputs'], named: (id: string) => string) =>
      list.map(({ from }) => `${named(from.node)}.${from.port}`).join('\n')
    return text(was, (one) => one) !== text(inputs, (one) => names.get(one) ?? `+${one}`)
  }
}

/** What decides which rows leave a node: its settings, the parameters that it names, and all before it. */
function signatures({ order, nodes, values }: Checked): Map<string, string> {
  const found = new Map<string, string>()
  for (const id of order) {
    const { type, config, inputs } = nodes[id] as CheckedNode
    const text = JSON.stringify(config)
    // What stands as ${day} is in the settings already.
    const params = Object.entries(values.params).filter(([name]) => new RegExp(`\\bparam\\.${name}\\b`).test(text))
    const before = inputs.map(({ from, to }) => [from.port, to.port, found.get(from.node)])
    found.set(id, digest([type, config, params, before]))
  }
  return found
}

function modelOf(checked: Checked, id: string): string {
  return JSON.stringify(printsOf(checked)[id] ?? checked.nodes[id]?.config['model'] ?? null)
}

/** The models' fingerprints; none where a model is not there to be looked at. */
function printsOf(checked: Checked): { readonly [node: string]: Json } {
  try {
    return fingerprints(checked)
  } catch {
    return {}
  }
}

async function asksFor(before: Checked, after: Checked): Promise<string[]> {
  const made = async (checked: Checked): Promise<Makes | null> => {
    try {
      return await makesOf(checked, [], printsOf(checked))
    } catch {
      // A tokenizer that is not there: then the settings alone are compared.
      return null
    }
  }
  const [old, now] = [await made(before), await made(after)]
  return old && now ? changesBetween(old, now) : []
}
