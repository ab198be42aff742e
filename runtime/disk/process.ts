import { HeadraceError } from '../pipeline/problem.ts'
import { armedDisk } from './armed.ts'
import type { Disk } from './disk.ts'
import { type Fault, type FaultKind, Faults, faultKinds } from './faults.ts'
import { durableSteps, faultPoints } from './points.ts'
import { realDisk } from './real.ts'

/**
 * The disk of this process: the machine's, with the faults that the environment variable HEADRACE_FAULT arms, such as
 * `ledger.append:kill-after:3`. Each thread counts its own passes. Not armed, it is the real disk itself.
 */
export function processDisk(armed = process.env['HEADRACE_FAULT']): Disk {
  if (!armed) return realDisk
  const faults = new Faults(readFaults(armed))
  // SIGKILL takes effect before the process gets to do anything else in this thread.
  return armedDisk(realDisk, { faults, kill: () => process.kill(process.pid, 'SIGKILL'), isKilled: () => false })
}

/** Reads `point:kind[:pass[:code or milliseconds]]`, several of them with commas between. */
export function readFaults(text: string): Fault[] {
  return text.split(',').map((one) => {
    const [point = '', kind = '', pass = '1', more = ''] = one.trim().split(':')
    const known = point in durableSteps || faultPoints.includes(point)
    if (!known) throw wrong(one, `there is no fault point "${point}"`)
    if (!faultKinds.includes(kind as FaultKind)) throw wrong(one, `"${kind}" is none of ${faultKinds.join(', ')}`)
    if (!/^[1-9]\d*$/.test(pass)) throw wrong(one, `"${pass}" is no number from 1 on`)
    const fault = { point, kind: kind as FaultKind, pass: Number(pass) }
    if (!more) return fault
    if ((kind === 'delay' || kind === 'kill-during') && /^\d+$/.test(more))
      return { ...fault, milliseconds: Number(more) }
    if (kind.startsWith('error') && (more === 'ENOSPC' || more === 'EIO')) return { ...fault, code: more }
    throw wrong(one, `"${more}" is neither ENOSPC nor EIO, nor the milliseconds of a delay`)
  })
}

const wrong = (text: string, why: string): HeadraceError =>
  new HeadraceError('bad-fault', `HEADRACE_FAULT=${text}: ${why}`, { hint: 'See runtime/docs/faults.md.' })
