import type uPlot from 'uplot'
import { clock, rounded, share } from '../../style/numbers.ts'
import { words } from '../words.ts'

/** A plot that was drawn, and what takes it away. */
export interface DrawnPlot {
  readonly drawn: uPlot
  readonly destroy: () => void
}

/** Draws an empty plot into an element and keeps its size; colours are the theme's. */
export async function drawPlot(
  place: HTMLElement,
  names: readonly string[],
  unit: 'rate' | 'share',
): Promise<DrawnPlot> {
  const [{ default: Plot }] = await Promise.all([import('uplot'), import('uplot/dist/uPlot.min.css')])
  const style = getComputedStyle(place)
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim()
  const titles = names.map((name) => (unit === 'share' ? words.metrics.times[name as 'working'] : name)) // its own keys
  const write = unit === 'rate' ? rounded : share
  const axis = {
    stroke: colour('soft'),
    grid: { stroke: colour('line'), width: 1 },
    ticks: { show: false },
    font: `11px ${colour('font')}`,
  }
  const drawn = new Plot(
    {
      ...sizeOf(place, titles),
      legend: { live: true },
      cursor: { points: { size: 6 }, y: false },
      scales: {
        x: { time: false },
        // Like the width of an edge, rates are drawn by their order of size: beside a burst the steady rest is still seen.
        y: {
          ...(unit === 'rate' && { distr: 4, asinh: 10 }),
          range: (_, __, most) => [0, unit === 'share' ? 1 : Math.max(1, (most ?? 1) * 1.15)],
        },
      },
      axes: [
        { ...axis, values: (_, seconds) => seconds.map((value) => timeText(value, seconds)), size: 28 },
        {
          ...axis,
          ...(unit === 'rate' && { splits: (_, __, ___, most) => powers(most), filter: (_, splits) => splits }),
          values: (_, values) => values.map((value) => write(value)),
          size: 48,
        },
      ],
      series: [
        { label: words.metrics.at, value: (_, value) => (value == null ? '' : clock(value)) },
        ...names.map((name, i) => ({
          label: titles[i] ?? name,
          stroke: colour(
            unit === 'share' ? (timeColours[name] ?? 'soft') : (rateColours[i % rateColours.length] ?? 'flow'),
          ),
          // Without colour the lines are told apart by their dashes.
          dash: dashes[i % dashes.length] ?? [],
          width: 1.5,
          // A rate holds for the time before it: where nothing was counted for a while the line does not climb.
          ...(unit === 'rate' && { paths: Plot.paths.stepped?.({ align: -1 }) }),
          points: { show: false },
          value: (_: uPlot, value: number | null) => (value == null ? '–' : write(value)),
        })),
      ],
    },
    [[], ...names.map(() => [])],
    place,
  )
  const observer = new ResizeObserver(() => drawn.setSize(sizeOf(place, titles)))
  observer.observe(place)
  return {
    drawn,
    destroy: () => {
      observer.disconnect()
      drawn.destroy()
    },
  }
}

/** A moment of a run on the axis: a clock, tenths of a second where it was short. */
const timeText = (value: number, all: readonly number[]): string =>
  (all.at(-1) ?? 0) < 10 ? `${value.toFixed(1)} s` : clock(value)

/** Where a scale by order of size has its lines: 0, 10, 100, 1 k. */
function powers(most: number): number[] {
  const lines = [0]
  for (let line = most < 30 ? 1 : 10; line <= most; line *= 10) lines.push(line)
  return lines
}

const timeColours: { readonly [name: string]: string } = {
  working: 'accent',
  resource: 'model',
  blocked: 'pressure',
  waiting: 'soft',
}
const rateColours = ['accent', 'pressure', 'model', 'source', 'rejected', 'transform', 'soft']
const dashes = [[], [6, 3], [2, 3], [8, 3, 2, 3]]

/** The plot's size: what the legend below it leaves, whose entries stand in as many lines as they need. */
function sizeOf({ clientWidth, clientHeight }: HTMLElement, names: readonly string[]) {
  const legend = names.reduce((sum, name) => sum + 64 + name.length * 6, 64)
  const lines = Math.min(3, Math.ceil(legend / Math.max(120, clientWidth)))
  return { width: Math.max(120, clientWidth - 8), height: Math.max(80, clientHeight - 20 - lines * 24) }
}
