/** How the names of a sink's staged files begin; no glob for the output matches them. */
export const stagePrefix = (runId: string, sink: string): string => `.headrace-${runId}-${sink}-`

/**
 * The name of a file that a lane stages for a sink. `started` is how many records the ledger had when this process
 * started its lanes: a split that runs again after a crash must not write over a file that a sink has committed.
 */
export const stageName = (runId: string, sink: string, started: number, own: string): string =>
  `${stagePrefix(runId, sink)}${started}-${own}.tmp`
