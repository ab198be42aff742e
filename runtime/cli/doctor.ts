import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { libraryFolders } from '../catalogue/libraries.ts'
import { cores, defaultMemory, machineMemory } from '../plan/machine.ts'
import { size, styled, table } from './print.ts'

/** A line of what a node library finds on this machine. */
export interface Finding {
  readonly name: string
  readonly ok: boolean
  readonly about: string
}

/** `headrace doctor`: what this machine has. A node library adds its own findings in a `doctor.ts`. */
export async function doctor(flags: { json?: boolean }): Promise<number> {
  const machine: Finding[] = [
    {
      name: 'Node',
      ok: Number(process.versions.node.split('.')[0]) >= 24,
      about: `${process.versions.node} on ${process.platform} ${process.arch}`,
    },
    {
      name: 'memory',
      ok: true,
      about: `${size(machineMemory())}; a run takes ${size(defaultMemory())} for rows unless told otherwise`,
    },
    { name: 'cores', ok: true, about: String(cores()) },
  ]
  const findings = [...machine, ...(await Promise.all(libraryFolders().map(fromLibrary))).flat()]
  if (flags.json) process.stdout.write(`${JSON.stringify(findings)}\n`)
  else {
    const mark = (ok: boolean) => (ok ? styled('green', 'yes') : styled('yellow', 'no '))
    process.stdout.write(`${table(findings.map(({ name, ok, about }) => [mark(ok), name, about]))}\n`)
  }
  return 0
}

async function fromLibrary(folder: string): Promise<Finding[]> {
  const file = join(folder, 'doctor.ts')
  if (!existsSync(file)) return []
  const { default: look } = (await import(pathToFileURL(file).href)) as { default: () => Promise<Finding[]> }
  return await look()
}
