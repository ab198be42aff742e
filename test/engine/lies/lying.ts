import { type Report, resumeRun } from '@headrace/runtime'
import { expect } from 'vitest'
import { Workplace } from '../workplace.ts'
import { draw, type NodeSpec, type Shape } from './shapes.ts'

/** A liar in a pipeline: what it is, how it lies, and where it stands. */
export interface Cell {
  readonly type: string
  readonly config: object
  readonly shape: (liar: NodeSpec) => Shape
  /** A resume can make it good once the node is honest. */
  readonly mendable: boolean
}

/**
 * Runs a pipeline with a liar in it, resumes it, and resumes it once more after the liar was mended: it is caught and
 * named each time, and in the end every row is stored as often as it should be.
 */
export async function catchLiar({ type, config, shape, mendable }: Cell): Promise<void> {
  const place = new Workplace()
  const honest = place.path('honest')
  const drawn = shape([type, { ...config, honest }])
  const report = await place.run(draw(place, drawn))
  expectCaught(report, type)
  expectCaught(await resumed(report.folder), type)
  if (!mendable) return
  place.write('honest', '')
  const mended = await resumed(report.folder)
  expect(mended.error).toBeUndefined()
  expect(mended).toMatchObject({ status: 'done', exitCode: 0, balanced: true })
  for (const [file, times] of Object.entries(drawn.stored)) {
    const numbers = place.rows(file).map(({ n }) => Number(n))
    const all = Array.from({ length: 60 * times }, (_, i) => Math.floor(i / times) + 1)
    expect(
      numbers.sort((a, b) => a - b),
      file,
    ).toEqual(all)
  }
}

/** The report of a run with a liar in it names it, and says in words what does not add up. */
export function expectCaught(report: Report, type: string): void {
  expect(report).toMatchObject({ status: 'failed', exitCode: 1, balanced: false })
  expect(report.error).toMatchObject({ code: 'row-counts', place: { node: 'liar' } })
  const { message } = report.error as { message: string }
  expect(message).toContain('row counts do not match: ')
  if (!type.startsWith('models/')) expect(message).toContain(`liar (${type})`)
}

async function resumed(folder: string): Promise<Report> {
  const { running, problems } = await resumeRun(folder)
  if (!running) throw new Error(problems.map(({ message }) => message).join('; '))
  return await running.done
}
