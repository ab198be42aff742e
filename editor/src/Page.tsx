import { Bar } from './bar/Bar.tsx'
import { Canvas } from './canvas/Canvas.tsx'
import { Command } from './command/Command.tsx'
import { Drawer } from './drawer/Drawer.tsx'
import { Inspector } from './inspector/Inspector.tsx'
import { useView } from './model/view.ts'
import { Notices } from './Notices.tsx'
import { Palette } from './palette/Palette.tsx'
import { Conflict } from './repair/Conflict.tsx'
import { useRepair } from './repair/open.ts'
import { Repair } from './repair/Repair.tsx'
import { Runs } from './runs/Runs.tsx'
import { Start } from './start/Start.tsx'
import './page.css'

/** The whole page: the bar above, below it the start, a pipeline, or the runs. */
export function Page() {
  const place = useView((view) => view.place)
  const asText = useRepair(({ open }) => open)
  return (
    <div className="page" data-place={place}>
      <Bar />
      {place === 'start' && <Start />}
      {place === 'runs' && <Runs />}
      {place === 'pipeline' && (
        <>
          {asText ? (
            <Repair />
          ) : (
            <>
              <Palette />
              <Canvas />
              <Inspector />
              <Drawer />
            </>
          )}
          <Conflict />
        </>
      )}
      <Command />
      <Notices />
    </div>
  )
}
