import { dayOf, type ParamOptions } from '../catalogue/params.ts'
import type { RunRecord } from './runfolder.ts'

/** The parameters that a run had, for a check of its pipeline: nothing else is looked for. */
export function recordedParams({ id, now, params, names }: RunRecord): Required<ParamOptions> {
  return {
    params: Object.entries(params).map(([name, value]) => ({ name, value, by: '', recorded: true })),
    environment: {},
    run: names ?? { id, date: dayOf(new Date(now)) },
  }
}
