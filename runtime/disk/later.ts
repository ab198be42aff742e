import type { Disk, DiskFile, DiskFileNow, DiskNow } from './disk.ts'

/** A disk that answers later over one that answers at once. */
export function later(now: DiskNow, pace: () => Promise<void> = async () => {}): Disk {
  const lifted =
    <A extends unknown[], R>(work: (...given: A) => R) =>
    async (...given: A): Promise<R> => {
      await pace()
      return work(...given)
    }
  const file = (opened: DiskFileNow): DiskFile => ({
    at: (step) => file(opened.at(step)),
    read: lifted(opened.read),
    write: lifted(opened.write),
    truncate: lifted(opened.truncate),
    sync: lifted(opened.sync),
    stat: lifted(opened.stat),
    close: async () => opened.close(),
  })
  return {
    at: (step) => later(now.at(step), pace),
    open: lifted((path, mode) => file(now.open(path, mode))),
    read: lifted(now.read),
    stat: lifted(now.stat),
    list: lifted(now.list),
    makeFolder: lifted(now.makeFolder),
    rename: lifted(now.rename),
    remove: lifted(now.remove),
    removeTree: lifted(now.removeTree),
    removeFolder: lifted(now.removeFolder),
    syncFolder: lifted(now.syncFolder),
    call: (work) => work(),
    now,
  }
}
