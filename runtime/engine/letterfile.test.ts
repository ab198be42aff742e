import { expect, test } from 'vitest'
import { Faults, SimulatedDisk } from '../disk/index.ts'
import { LetterFile } from './letterfile.ts'

test('rejected rows outlast a power cut, also where the first try to write them failed', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const disk = new SimulatedDisk({ seed })
    disk.disk.now.makeFolder('/run')
    disk.disk.now.syncFolder('/')
    const staged = disk.disk.now.open('/run/staged', 'new')
    staged.write(Buffer.from('a row\n'), 0)
    staged.sync()
    const faults = new Faults([{ point: 'letters.append.truncate', kind: 'error-once', pass: 1 }])
    const { disk: own, kill } = disk.process(faults)
    const letters = new LetterFile('/run/letters', own)
    const append = () => letters.append(0, [{ path: '/run/staged', count: 1, bytes: 6 }])
    expect(append).toThrow('EIO')
    append()
    kill()
    disk.powerCut()
    expect(String(disk.files().get('/run/letters')), `seed ${seed}`).toBe('a row\n')
  }
})
