import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Disk, Faults, Killed, realDisk, SimulatedDisk, syncFile } from './index.ts'

const bytes = (text: string) => Buffer.from(text)

async function put(disk: Disk, path: string, text: string, synced = true): Promise<void> {
  const file = await disk.open(path, 'new')
  await file.write(bytes(text), 0)
  if (synced) await file.sync()
  await file.close()
}

/** What is left of a scene after power cuts under many seeds. */
async function outcomes(scene: (disk: Disk) => Promise<void>): Promise<Set<string>> {
  const seen = new Set<string>()
  for (let seed = 0; seed < 200; seed++) {
    const world = new SimulatedDisk({ seed })
    await scene(world.disk)
    world.powerCut()
    seen.add(JSON.stringify([...world.files()].map(([path, content]) => [path, content.toString()])))
  }
  return seen
}

const one = (...files: [string, string][]) => JSON.stringify(files)

describe('a power cut', () => {
  test('loses nothing of a file whose content and name were synced', async () => {
    const seen = await outcomes(async (disk) => {
      await put(disk, '/a', 'whole')
      await disk.syncFolder('/')
    })
    expect([...seen]).toEqual([one(['/a', 'whole'])])
  })

  test('may lose the name of a file whose content alone was synced', async () => {
    const seen = await outcomes((disk) => put(disk, '/a', 'whole'))
    expect([...seen].sort()).toEqual([one(['/a', 'whole']), one()].sort())
  })

  test('may lose, keep or tear content that was not synced, each write for itself', async () => {
    const seen = await outcomes(async (disk) => {
      await put(disk, '/a', 'ab')
      await disk.syncFolder('/')
      const file = await disk.open('/a', 'edit')
      await file.write(bytes('cd'), 2)
      await file.write(bytes('X'), 0)
    })
    for (const content of ['ab', 'abc', 'abcd', 'Xb', 'Xbc', 'Xbcd']) expect(seen).toContain(one(['/a', content]))
  })

  test('makes zeros where a later write came to the disk and an earlier one did not', async () => {
    const seen = await outcomes(async (disk) => {
      await put(disk, '/a', '')
      await disk.syncFolder('/')
      const file = await disk.open('/a', 'edit')
      await file.write(bytes('ab'), 0)
      await file.write(bytes('cd'), 2)
    })
    expect(seen).toContain(one(['/a', '\0\0cd']))
  })

  test('leaves a rename whole: the old name with the old file, or the new one with the new', async () => {
    const seen = await outcomes(async (disk) => {
      await put(disk, '/old', 'before')
      await put(disk, '/new', 'after')
      await disk.syncFolder('/')
      await disk.rename('/new', '/old')
    })
    expect([...seen].sort()).toEqual([one(['/new', 'after'], ['/old', 'before']), one(['/old', 'after'])].sort())
  })

  test('brings back what was removed without a sync of the folder', async () => {
    const seen = await outcomes(async (disk) => {
      await put(disk, '/a', 'x')
      await disk.syncFolder('/')
      await disk.remove('/a')
    })
    expect([...seen].sort()).toEqual([one(['/a', 'x']), one()].sort())
  })

  test('may keep the removal of one name and lose that of another: no order between names', async () => {
    const seen = await outcomes(async (disk) => {
      await put(disk, '/a', 'x')
      await put(disk, '/b', 'y')
      await disk.syncFolder('/')
      await disk.remove('/a')
      await disk.remove('/b')
    })
    expect(seen.size).toBe(4)
  })

  test('is the same from the same seed', async () => {
    const scene = async (seed: number) => {
      const world = new SimulatedDisk({ seed })
      for (let i = 0; i < 20; i++) await put(world.disk, `/${i}`, `content ${i}`, i % 2 === 0)
      world.powerCut()
      return [...world.files()].map(([path, content]) => `${path} ${content}`)
    }
    expect(await scene(7)).toEqual(await scene(7))
    expect(await scene(7)).not.toEqual(await scene(8))
  })
})

describe('a fault', () => {
  const armed = (kind: 'kill-before' | 'kill-after' | 'torn' | 'error-once' | 'error-always', point: string) => {
    const world = new SimulatedDisk()
    return { world, ...world.process(new Faults([{ point, kind, pass: 1, code: 'ENOSPC' }])) }
  }

  test('kills before or after an operation, and nothing that the process does later has an effect', async () => {
    for (const kind of ['kill-before', 'kill-after'] as const) {
      const { world, disk } = armed(kind, 'index.append.write')
      await expect(put(disk.at('index.append'), '/a', 'text')).rejects.toBeInstanceOf(Killed)
      await expect(put(disk, '/b', 'text')).rejects.toBeInstanceOf(Killed)
      expect([...world.files()].map(([path, content]) => `${path} ${content}`)).toEqual([
        kind === 'kill-before' ? '/a ' : '/a text',
      ])
    }
  })

  test('tears a write', async () => {
    const { world, disk } = armed('torn', 'index.append')
    const file = await disk.open('/a', 'new')
    await expect(file.at('index.append').write(bytes('1234'), 0)).rejects.toBeInstanceOf(Killed)
    expect(String(world.files().get('/a'))).toBe('12')
  })

  test('fails once, or always, with the code of a full disk', async () => {
    const once = armed('error-once', 'index.append')
    const file = (await once.disk.open('/a', 'new')).at('index.append')
    await expect(file.write(bytes('1234'), 0)).rejects.toMatchObject({ code: 'ENOSPC' })
    await file.write(bytes('1234'), 0)
    const always = armed('error-always', 'ledger.append.sync')
    const now = always.disk.now.open('/a', 'keep').at('ledger.append')
    now.write(bytes('x'), 0)
    for (let i = 0; i < 3; i++) expect(() => now.sync()).toThrow('ENOSPC')
    expect(always.faults.passed.get('ledger.append.sync')).toBe(3)
  })
})

/** The simulated disk does what the real one does, operation by operation. */
test('answers as the real disk does', async () => {
  const scene = async (disk: Disk, folder: string) => {
    const said: unknown[] = []
    const say = async (work: () => Promise<unknown>) =>
      said.push(await work().catch((error) => (error as NodeJS.ErrnoException).code))
    const at = (name: string) => join(folder, name)
    await disk.makeFolder(at('x/y'))
    await say(() => disk.open(at('none'), 'read'))
    await say(() => disk.open(at('none'), 'edit'))
    await say(() => disk.open(at('x'), 'edit'))
    await say(() => disk.stat(at('none')))
    await say(() => disk.stat(at('x/none/further')))
    await say(() => disk.list(at('none')))
    await put(disk, at('x/a'), 'hello')
    await say(() => disk.list(at('x')))
    const file = await disk.open(at('x/a'), 'keep')
    await file.write(bytes('J'), 0)
    await file.write(bytes('!'), 7)
    const into = Buffer.alloc(20)
    await say(async () => [await file.read(into, 1), String(into)])
    await file.truncate(2)
    await file.truncate(4)
    await say(async () => (await file.stat()).size)
    await file.close()
    await file.close()
    await say(async () => String(await disk.read(at('x/a'))))
    await say(() => disk.rename(at('x/none'), at('x/b')))
    await say(() => disk.rename(at('x/a'), at('x/b')))
    await say(() => disk.removeFolder(at('x')))
    await say(() => disk.removeFolder(at('x/y')))
    await say(() => disk.removeFolder(at('x/y')))
    await say(() => disk.remove(at('x/none')))
    await say(async () => (await disk.stat(at('x/b')))?.isFolder)
    await syncFile(disk, at('x/b'))
    await disk.syncFolder(at('x'))
    await say(() => disk.open(at('x/b/c'), 'new').catch(() => 'refused'))
    await disk.removeTree(at('x'))
    await say(() => disk.list(folder))
    return said
  }
  const simulated = await scene(new SimulatedDisk().disk, '/simulated')
  expect(simulated).toEqual(await scene(realDisk, mkdtempSync(join(tmpdir(), 'headrace-disk-'))))
})
