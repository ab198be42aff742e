import { join } from 'node:path'
import { type DiskNow, replaceFileNow } from '../disk/index.ts'
import type { Report } from './report.ts'

/** Leaves the report in the run's folder, whole or not at all. */
export function writeReport(disk: DiskNow, folder: string, report: Report): void {
  const text = JSON.stringify(report, null, 2)
  replaceFileNow(disk.at('report.write'), join(folder, 'report.json'), text, join(folder, '.report.json'))
}

/** The report of an earlier start says nothing of this one. */
export function forgetReport(disk: DiskNow, folder: string): void {
  disk.at('report.clear').remove(join(folder, 'report.json'))
}
