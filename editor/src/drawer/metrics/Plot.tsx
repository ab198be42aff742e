import { useEffect, useRef, useState } from 'react'
import type uPlot from 'uplot'
import { perSecond, share } from '../../style/numbers.ts'
import { words } from '../words.ts'
import { drawPlot } from './drawPlot.ts'
import type { Series } from './series.ts'

interface PlotProps {
  readonly series: Series
  readonly unit: 'rate' | 'share'
}

/** Lines over time. uPlot is loaded when the first plot is shown. */
export function Plot({ series, unit }: PlotProps) {
  const place = useRef<HTMLDivElement>(null)
  const latest = useRef(series)
  latest.current = series
  const plot = useRef<uPlot | null>(null)
  const names = series.lines.map(({ name }) => name).join('\n')
  const [theme, setTheme] = useState<string | null>(() => document.documentElement.dataset['theme'] ?? '')

  useEffect(() => {
    const root = document.documentElement
    const observer = new MutationObserver(() => setTheme(root.dataset['theme'] ?? ''))
    observer.observe(root, { attributes: true, attributeFilter: ['data-theme'] })
    return () => observer.disconnect()
  }, [])

  // Other lines or colours are another plot; new values are only set.
  useEffect(() => {
    const { current } = place
    if (!current || names === '' || theme === null) return
    let gone = false
    let end = () => {}
    void drawPlot(current, names.split('\n'), unit).then(({ drawn, destroy }) => {
      end = destroy
      if (gone) destroy()
      else {
        plot.current = drawn
        drawn.setData(dataOf(latest.current))
      }
    })
    return () => {
      gone = true
      plot.current = null
      end()
    }
  }, [names, unit, theme])
  useEffect(() => plot.current?.setData(dataOf(series)), [series])

  return <div className="plot" ref={place} role="img" aria-label={summary(series, unit)} />
}

const dataOf = ({ x, lines }: Series): uPlot.AlignedData => [[...x], ...lines.map(({ values }) => [...values])]

/** The plot in words: what each line is now, and was at most. */
function summary({ x, lines }: Series, unit: PlotProps['unit']): string {
  const write = (value: number) => (unit === 'rate' ? perSecond(value, 'rows') : share(value))
  const each = lines.map(({ name, values }) => {
    const known = values.filter((value) => value !== null)
    return words.metrics.line(lineName(name), write(known.at(-1) ?? 0), write(Math.max(0, ...known)))
  })
  return [words.metrics.over(Math.round(x.at(-1) ?? 0)), ...each].join('. ')
}

const lineName = (name: string): string => (name in words.metrics.times ? words.metrics.times[name as 'working'] : name)
