import { setTimeout } from 'node:timers/promises'
import type { Disk, DiskFile, DiskFileNow, DiskNow } from './disk.ts'
import { type Faults, Killed, type Strike } from './faults.ts'
import type { Operation } from './points.ts'

/** What happens around a disk's operations. */
export interface Armament {
  readonly faults: Faults
  /** Ends the process: the real one for good, a simulated one by making every later operation throw `Killed`. */
  readonly kill: () => void
  /** True once a simulated process was killed. */
  readonly isKilled: () => boolean
}

/** A disk whose durable operations pass fault points; a process that was killed there has no effect any more. */
export function armedDisk(disk: Disk, world: Armament, step = 'unnamed'): Disk {
  const wait = (operation: Operation, work: (torn: boolean) => Promise<void>) => struck(world, step, operation, work)
  const look = async <T>(work: () => Promise<T>): Promise<T> => {
    refuseDead(world)
    return await work()
  }
  return {
    at: (next) => armedDisk(disk, world, next),
    async open(path, mode) {
      if (mode === 'read') return armedFile(await look(() => disk.open(path, mode)), world, step)
      let file: DiskFile | undefined
      await wait('open', async () => {
        file = await disk.open(path, mode)
      })
      return armedFile(file as DiskFile, world, step)
    },
    read: (path) => look(() => disk.read(path)),
    stat: (path) => look(() => disk.stat(path)),
    list: (folder) => look(() => disk.list(folder)),
    makeFolder: (path) => wait('makeFolder', () => disk.makeFolder(path)),
    rename: (from, to) => wait('rename', () => disk.rename(from, to)),
    remove: (path) => wait('remove', () => disk.remove(path)),
    removeTree: (path) => wait('removeTree', () => disk.removeTree(path)),
    removeFolder: (path) => wait('removeFolder', () => disk.removeFolder(path)),
    syncFolder: (path) => wait('syncFolder', () => disk.syncFolder(path)),
    async call<T>(work: () => Promise<T>) {
      let result: { readonly value: T } | undefined
      await wait('call', async () => {
        result = { value: await disk.call(work) }
      })
      return (result as { readonly value: T }).value
    },
    get now() {
      return armedNow(disk.now, world, step)
    },
  }
}

function armedFile(file: DiskFile, world: Armament, step: string): DiskFile {
  return {
    at: (next) => armedFile(file, world, next),
    async read(into, position) {
      refuseDead(world)
      return await file.read(into, position)
    },
    write: (bytes, position) =>
      struck(world, step, 'write', (torn) => file.write(torn ? bytes.subarray(0, bytes.length >> 1) : bytes, position)),
    truncate: (length) => struck(world, step, 'truncate', () => file.truncate(length)),
    sync: () => struck(world, step, 'sync', () => file.sync()),
    async stat() {
      refuseDead(world)
      return await file.stat()
    },
    close: () => file.close(),
  }
}

function armedNow(disk: DiskNow, world: Armament, step: string): DiskNow {
  const wait = (operation: Operation, work: (torn: boolean) => void) => struckNow(world, step, operation, work)
  const look = <T>(work: () => T): T => {
    refuseDead(world)
    return work()
  }
  return {
    at: (next) => armedNow(disk, world, next),
    open(path, mode) {
      if (mode === 'read')
        return armedFileNow(
          look(() => disk.open(path, mode)),
          world,
          step,
        )
      let file: DiskFileNow | undefined
      wait('open', () => {
        file = disk.open(path, mode)
      })
      return armedFileNow(file as DiskFileNow, world, step)
    },
    read: (path) => look(() => disk.read(path)),
    stat: (path) => look(() => disk.stat(path)),
    list: (folder) => look(() => disk.list(folder)),
    makeFolder: (path) => wait('makeFolder', () => disk.makeFolder(path)),
    rename: (from, to) => wait('rename', () => disk.rename(from, to)),
    remove: (path) => wait('remove', () => disk.remove(path)),
    removeTree: (path) => wait('removeTree', () => disk.removeTree(path)),
    removeFolder: (path) => wait('removeFolder', () => disk.removeFolder(path)),
    syncFolder: (path) => wait('syncFolder', () => disk.syncFolder(path)),
  }
}

function armedFileNow(file: DiskFileNow, world: Armament, step: string): DiskFileNow {
  return {
    at: (next) => armedFileNow(file, world, next),
    read(into, position) {
      refuseDead(world)
      return file.read(into, position)
    },
    write: (bytes, position) =>
      struckNow(world, step, 'write', (torn) =>
        file.write(torn ? bytes.subarray(0, bytes.length >> 1) : bytes, position),
      ),
    truncate: (length) => struckNow(world, step, 'truncate', () => file.truncate(length)),
    sync: () => struckNow(world, step, 'sync', () => file.sync()),
    stat() {
      refuseDead(world)
      return file.stat()
    },
    close: () => file.close(),
  }
}

async function struck(
  world: Armament,
  step: string,
  operation: Operation,
  work: (torn: boolean) => Promise<void>,
): Promise<void> {
  refuseDead(world)
  const strike = world.faults.pass(step, operation)
  if (strike?.do === 'kill-before') kill(world)
  if (strike?.do === 'delay') await setTimeout(strike.milliseconds)
  if (strike?.do === 'kill-during') void setTimeout(strike.milliseconds).then(world.kill)
  const torn = isTorn(strike, operation)
  if ((strike?.do !== 'error' && strike?.do !== 'lie') || torn) await work(torn)
  after(world, strike)
}

function struckNow(world: Armament, step: string, operation: Operation, work: (torn: boolean) => void): void {
  refuseDead(world)
  const strike = world.faults.pass(step, operation)
  if (strike?.do === 'kill-before') kill(world)
  if (strike?.do === 'delay') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, strike.milliseconds)
  const torn = isTorn(strike, operation)
  if ((strike?.do !== 'error' && strike?.do !== 'lie') || torn) work(torn)
  after(world, strike)
}

/** A write that fails has written some of its bytes, as on a full disk. */
const isTorn = (strike: Strike | null, operation: Operation): boolean =>
  operation === 'write' && (strike?.do === 'torn' || strike?.do === 'error')

function after(world: Armament, strike: Strike | null): void {
  if (strike?.do === 'error') throw strike.error
  if (strike?.do === 'kill-after' || strike?.do === 'torn') kill(world)
}

function kill(world: Armament): never {
  world.kill()
  throw new Killed()
}

function refuseDead(world: Armament): void {
  if (world.isKilled()) throw new Killed()
}
