// The graph that both pages draw: columns of nodes, each fed by its neighbour on the left, every second one by two.

const types = ['transforms/filter', 'transforms/derive', 'models/embed', 'transforms/select']

/** A pipeline of `count` nodes with half as many edges again. */
export function graphOf(count) {
  const columns = Math.ceil(Math.sqrt(count * 1.3))
  const rows = Math.ceil(count / columns)
  const nodes = {}
  const layout = {}
  const edges = []
  for (let i = 0; i < count; i++) {
    const [column, row] = [Math.floor(i / rows), i % rows]
    const type = column === 0 ? 'sources/csv' : column === columns - 1 ? 'sinks/lancedb' : types[i % types.length]
    nodes[`n${i}`] = { type, config: {} }
    layout[`n${i}`] = [column * 304, row * 152]
    if (column > 0) edges.push({ from: `n${i - rows}`, to: `n${i}` })
    if (column > 0 && i % 2 && row > 0) edges.push({ from: `n${i - rows - 1}`, to: `n${i}` })
  }
  // Longer wires until there are half as many edges again as nodes.
  for (let i = 0; edges.length < count * 1.5 && i + 2 * rows < count; i++) {
    edges.push({ from: `n${i}`, to: `n${i + 2 * rows}` })
  }
  return { headrace: 1, name: 'stress', nodes, edges, layout }
}

/** Counters that all change at every step. */
export function pictureOf({ nodes, edges }, step) {
  const wave = (i) => (Math.sin(step * 0.7 + i * 1.7) + 1) / 2
  const flows = Object.keys(nodes).map((id, i) => {
    const [working, blocked] = [wave(i) * 0.4, wave(i + 9) * 0.5]
    const counts = { in: step * 97 + i, out: step * 91 + i, filtered: 0, rejected: i % 17 === 5 ? step : 0 }
    const time = { working, blocked, model: 0, waiting: 1 - working - blocked, busy: working }
    return [id, { ...counts, ...time, rowsPerSecond: 100, bytesPerSecond: 5000 }]
  })
  const channels = edges.map(({ from, to }, i) => {
    const fill = wave(i + 3)
    const rates = { rowsPerSecond: 10 ** (1 + wave(i) * 3), bytesPerSecond: 10 ** (3 + wave(i) * 3) }
    return [`${from} → ${to}`, { rows: step * 90, bytes: step * 9000, queued: 1, ...rates, fill, full: fill > 0.8 }]
  })
  const bottleneck = { node: 'n7', busy: 0.97, waiting: [], sentence: '' }
  return { at: step, nodes: Object.fromEntries(flows), edges: Object.fromEntries(channels), bottleneck }
}
