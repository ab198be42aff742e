import { basename } from 'node:path'
import { type Fault, Faults, faultPoints, SimulatedDisk } from '../../runtime/disk/index.ts'
import { type Lived, lettersOf, live } from './life.ts'
import { planned, rejectedBy } from './plan.ts'
import { outputs, type Variant } from './variants.ts'

/** When the fault comes: in the run's first process, in the one that resumes it, or in the one that resumes that. */
export const stages = ['first run', 'resume', 'second resume'] as const
export type Stage = (typeof stages)[number]

/** A disk as some processes have left it, and which fault points an undisturbed next one passes, how often. */
interface Moment {
  readonly stage: Stage
  readonly disk: SimulatedDisk
  readonly passes: ReadonlyMap<string, number>
}

/** What all cells of a sink share: the disk at each stage, and how it all ends where nothing is disturbed. */
export interface Ground {
  readonly variant: Variant
  readonly moments: readonly Moment[]
  readonly before: ReadonlyMap<string, Buffer>
  readonly expected: ReadonlyMap<string, Buffer>
}

const runId = 'r1'
const plan = (variant: Variant) => planned(variant, runId, 0)

/** Output files that a glob would match. */
export const visible = (disk: SimulatedDisk): Map<string, Buffer> =>
  new Map([...disk.files(outputs)].filter(([path]) => !path.split('/').some((name) => name.startsWith('.'))))

const hidden = (disk: SimulatedDisk): string[] =>
  [...disk.files(outputs).keys()].filter((path) => path.split('/').some((name) => name.startsWith('.')))

/** Runs the sink undisturbed, and to where processes are killed, and notes what the next one passes. */
export async function groundOf(variant: Variant): Promise<Ground> {
  let time = 0
  const start = new SimulatedDisk({ clock: () => ++time })
  if (variant.config.ifExists !== 'fail') {
    const old = planned({ ...variant, config: { ...variant.config, ifExists: 'fail' } }, 'r0', 1000)
    must(await live(start.process(), old), 'done', variant)
  }
  const whole = start.fork(1)
  must(await live(whole.process(), plan(variant)), 'done', variant)
  const moments: Moment[] = []
  let disk = start
  for (const stage of stages) {
    const faults = new Faults()
    must(await live(disk.fork(1).process(faults), plan(variant)), 'done', variant)
    moments.push({ stage, disk, passes: faults.passed })
    disk = disk.fork(moments.length)
    // Between two commits of the first process, and after the third record of the next one.
    const fault: Fault = { point: 'ledger.append.write', kind: 'kill-after', pass: 3 }
    must(await live(disk.process(new Faults([fault])), plan(variant)), 'killed', variant)
    if (stage === 'resume') disk.powerCut()
  }
  return { variant, moments, before: visible(start), expected: visible(whole) }
}

function must(lived: Lived, how: Lived['how'], { name }: Variant): void {
  if (lived.how !== how) throw new Error(`${name}: ${lived.how} instead of ${how}`, { cause: lived.error })
}

const kinds = ['kill-before', 'kill-after', 'torn', 'error-once', 'error-always', 'delay'] as const

export interface Cell {
  readonly moment: Moment
  readonly fault: Fault
  /** What makes the process come to the fault's point. */
  readonly first?: Fault
}

/** Points that are passed where another has failed. */
const behind: { readonly [point: string]: string } = {
  'run.create.removeTree': 'run.create.rename',
  'ledger.undo.truncate': 'ledger.append.sync',
  'part.discard.remove': 'part.stage.sync',
  'file.abandon.remove': 'file.open.sync',
}

/** The points that the cells of this process have passed. */
export const passed = new Set<string>()

/** Every step of every stage with every fault that it can have. `every` pass of it, or one. */
export function cellsOf({ moments }: Ground, every = false): Cell[] {
  return moments.flatMap((moment, at) =>
    faultPoints
      .filter((point) => moment.passes.has(behind[point] ?? point))
      .flatMap((point, number) =>
        kinds
          .filter((kind) => kind !== 'torn' || point.endsWith('.write'))
          .flatMap((kind, which) => {
            const count = moment.passes.get(point) ?? 1
            const first = behind[point]
            // One pass of each, another for each kind: together they come to many.
            const one = 1 + ((at + number * 3 + which * 5) % count)
            const passes = every ? Array.from({ length: count }, (_, i) => i + 1) : [one]
            const code = (number + which) % 2 ? 'EIO' : 'ENOSPC'
            return passes.map((pass): Cell => {
              const fault: Fault = { point, kind, pass, code, milliseconds: 0 }
              return { moment, fault, ...(first && { first: { point: first, kind: 'error-once', pass: 1 } }) }
            })
          }),
      ),
  )
}

/** What came of a cell: null where it was as it must be. */
export async function tryCell(ground: Ground, cell: Cell, seed: number, lies: Fault[] = []): Promise<string | null> {
  const { variant } = ground
  const { moment, fault, first } = cell
  const disk = moment.disk.fork(seed)
  const faults = new Faults([...lies, ...(first ? [first] : []), fault])
  const lived = await live(disk.process(faults), plan(variant))
  for (const point of faults.passed.keys()) passed.add(point)
  const wrong = look(ground, disk, lived)
  if (wrong) return wrong
  if (faults.struck === 0) return 'the fault never struck'
  const kills = fault.kind.startsWith('kill') || fault.kind === 'torn'
  if (kills !== (lived.how === 'killed')) return `it was ${lived.how}: ${lived.error?.message}`
  if (fault.kind === 'delay' && !first && lived.how !== 'done') return `it was ${lived.how}: ${lived.error?.message}`
  if (!kills) return lived.how === 'done' ? atEnd(ground, disk, true) : await goOn(ground, disk, lived, fault)
  // What is plain after one operation is plain before the next one, too: each has a power cut on one of its sides.
  if (fault.kind === 'kill-before' || (fault.kind === 'torn' && seed % 2)) return await goOn(ground, disk, lived, fault)
  disk.powerCut()
  return prefixed('after a power cut ', await goOn(ground, disk, lived, fault))
}

/** A process after the one that was disturbed. */
async function goOn(ground: Ground, disk: SimulatedDisk, before: Lived, fault: Fault): Promise<string | null> {
  const said = before.how === 'killed' ? null : badWords(before, fault)
  if (said) return said
  const torn = look(ground, disk, before)
  if (torn) return torn
  const lived = await live(disk.process(), plan(ground.variant))
  if (lived.how !== 'done') return `resumed, it was ${lived.how}: ${lived.error?.message}`
  const lost = [...before.done].filter((split) => !lived.doneBefore.has(split))
  if (lost.length) return `parts ${lost} were done and the ledger does not know it any more`
  return look(ground, disk, lived) ?? atEnd(ground, disk, false)
}

/** A fault that lasts must end with words about the disk; one that comes once must not end a run that has begun. */
function badWords({ how, error }: Lived, fault: Fault): string | null {
  const words = `${error?.code} ${error?.message} ${error?.hint}`
  if (!/space|disk|full|failed|i\/o error|EIO|ENOSPC/i.test(words)) return `it says nothing of the disk: ${words}`
  if (how === 'refused') return null
  if (!error?.fault) return `it is no fault of the surroundings: ${words}`
  return fault.kind === 'error-once' ? `it was not tried again: ${words}` : null
}

/** At any moment: under final names there are only whole files, and no part that is done was begun again. */
function look({ before, expected }: Ground, disk: SimulatedDisk, { begun, doneBefore }: Lived): string | null {
  for (const [path, content] of visible(disk))
    if (!expected.get(path)?.equals(content) && !before.get(path)?.equals(content))
      return `${path} is half written: ${content.length} bytes`
  for (const [path, content] of disk.files('/simulated/.headrace'))
    if (/^(report|pipeline.json-.*)\.json$/.test(basename(path)) && !isJson(content)) return `${path} is torn`
  const again = begun.filter((split) => doneBefore.has(split))
  return again.length ? `parts ${again} were done and begun again` : null
}

/** At the end: every file as in an undisturbed run, every rejected row once, nothing left behind. */
function atEnd({ variant, expected }: Ground, disk: SimulatedDisk, undisturbed: boolean): string | null {
  const found = visible(disk)
  const names = (files: ReadonlyMap<string, Buffer>) => [...files.keys()].sort().join(' ')
  if (names(found) !== names(expected)) return `it ends with ${names(found)} instead of ${names(expected)}`
  const other = [...expected].find(([path, content]) => !found.get(path)?.equals(content))
  if (other) return `${other[0]} is not as in an undisturbed run`
  const letters = String(disk.files(lettersOf(runId)).get(lettersOf(runId)) ?? '')
  const lines = letters.split('\n').filter(Boolean)
  if (!lines.every(isJson)) return 'the file of rejected rows is torn'
  const rejected = lines.map((line) => (JSON.parse(line) as { _identity: string })._identity)
  if (rejected.sort().join() !== rejectedBy(variant).sort().join()) return `the rejected rows are ${rejected}`
  return undisturbed && hidden(disk).length ? `it leaves ${hidden(disk)}` : null
}

function isJson(text: string | Buffer): boolean {
  try {
    JSON.parse(String(text))
    return true
  } catch {
    return false
  }
}

const prefixed = (before: string, text: string | null): string | null => text && before + text
