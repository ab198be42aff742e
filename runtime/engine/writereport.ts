import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Report } from './report.ts'

/** Leaves the report in the run's folder, whole or not at all. */
export function writeReport(folder: string, report: Report): void {
  const hidden = join(folder, '.report.json')
  writeFileSync(hidden, JSON.stringify(report, null, 2))
  renameSync(hidden, join(folder, 'report.json'))
}
