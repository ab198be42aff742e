import type { NodeProfile, Profile, ResourceProfile } from '../pipeline/profile.ts'
import { duration, grouped, styled, table } from './print.ts'

/** Where the time of a run went, as a table of its nodes and a line for each thing that does one thing at a time. */
export function profileText({ seconds, workers, nodes, resources, bottleneck }: Profile): string {
  const columns: readonly [head: string, cell: (node: NodeProfile) => string][] = [
    ['working', ({ working }) => some(working)],
    ['waits for input', ({ waiting }) => some(waiting)],
    ['blocked by output', ({ blocked }) => some(blocked)],
    ['waits for model', ({ model }) => some(model)],
    ['model', ({ inferring }) => some(inferring)],
    ['storing', ({ storing }) => some(storing)],
    ['rows per second of work', ({ rowsPerSecond }) => (rowsPerSecond ? grouped(rowsPerSecond) : '')],
  ]
  const shown = columns.filter(([, cell]) => Object.values(nodes).some((node) => cell(node)))
  const rows = Object.entries(nodes).map(([id, node]) => [id, ...shown.map(([, cell]) => cell(node))])
  const head = ['', ...shown.map(([name]) => name)]
  const right = new Set(shown.map((_, column) => column + 1))
  const models = seconds.models ? `, ${duration(seconds.models)} of it until the models were there` : ''
  const time = `${duration(seconds.running)} with ${workers} ${workers === 1 ? 'worker' : 'workers'}${models}, after ${duration(seconds.starting)} of starting`
  return [
    `where the time went: ${time}`,
    table([head, ...rows], right),
    resources.map(resourceText).join(' · '),
    ...(bottleneck ? [styled('yellow', bottleneck.sentence)] : []),
  ].join('\n')
}

/** Hundredths below ten seconds: what a node takes is small beside the run. */
const some = (seconds: number): string => (seconds >= 0.005 ? `${seconds.toFixed(seconds < 10 ? 2 : 1)} s` : '')

function resourceText({ name, does, busy }: ResourceProfile): string {
  const percent = `${Math.round(busy * 100)} %`
  if (does === 'workers') return `workers at work ${percent} of their time`
  return does === 'model' ? `the model of ${name} ${percent}` : `storing of ${name} ${percent}`
}
