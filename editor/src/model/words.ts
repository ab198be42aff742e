const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`

/** What the page says of drafts, saves and other versions, and what it tells a screen reader. */
export const words = {
  notPinned: 'The columns could not be pinned',
  noColumnsYet: 'The columns are not known yet: mend the problems of the source first.',
  pinned: (node: string) => `Pin the columns of ${node}`,
  unpinned: (node: string) => `Unpin the columns of ${node}`,
  changedOnDisk: 'Changed on disk',
  changedElsewhere: 'Changed in another tab',
  discardedElsewhere: 'Draft discarded in another tab',
  beforeReload: 'Before the reload',
  discardStep: 'Discard the draft',
  keepStep: 'Keep the version here',
  takeStep: 'Take the other version',
  saved: 'Saved',
  notSaved: 'The pipeline was not saved',
  notDiscarded: 'The draft was not discarded',
  notKept: 'The draft was not kept',
  notChecked: 'The pipeline was not checked',
  tookFromDisk: (id: string) =>
    `${id} was changed on disk and is shown as it is there now. Undo brings back what was here.`,
  gone: (id: string) => `${id} was deleted or renamed. What you see is kept in this tab only.`,
  goneHint: 'Keep it as a new pipeline, or close it.',
  keepAsNew: 'Keep it',
  close: 'Close',
  typesStep: (node: string) => `Set the types of ${node}`,
  typed: (node: string, done: readonly string[]) =>
    `${node} has values that do not fit their column. Done: ${done.join('; ')}. Undo takes it back.`,
  runStarted: 'The run has started.',
  notResumed: 'The run was not resumed',
  notStarted: 'The run did not start',
  more: (changes: number) => `and ${changes} more`,
  putBack: 'Put it back as it was and resume, or:',
  skipChanged: 'Leave out the rest of these files',
  anew: 'Start anew',
  runEnded: (how: string) => `The run has ended: ${how}.`,
  problems: (errors: number, warnings: number) =>
    [...(errors ? [counted(errors, 'problem')] : []), ...(warnings ? [counted(warnings, 'warning')] : [])].join(', ') ||
    'No problems',
  serverAway: 'The server went away.',
  serverBack: 'The server is back.',
}
