const [height, bar, gap] = [16, 2, 1]

/** A vector's sketch as bars above and below its zero line. */
export function Sketch({ values }: { readonly values: readonly number[] }) {
  const most = Math.max(...values.map(Math.abs), Number.MIN_VALUE)
  const middle = height / 2
  // One path: a hundred of these are drawn anew several times a second.
  const path = values
    .map((value, i) => {
      const tall = (value / most) * (middle - 0.5)
      return `M${i * (bar + gap)} ${middle}v${(-tall).toFixed(2)}h${bar}v${tall.toFixed(2)}z`
    })
    .join('')
  const width = values.length * (bar + gap)
  return (
    <svg className="sketch" width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      <path d={`M0 ${middle}h${width}`} className="sketch-zero" />
      <path d={path} className="sketch-bars" />
    </svg>
  )
}
