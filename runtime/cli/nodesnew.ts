import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { endings } from '../catalogue/own/find.ts'
import { isInside } from '../catalogue/pathguard.ts'
import { HeadraceError } from '../pipeline/problem.ts'
import { styled } from './print.ts'

interface NewNodeFlags {
  readonly kind: 'transform' | 'source' | 'sink' | 'model'
  readonly outside?: boolean
}

/** `headrace nodes new`: writes a small node that works, and what editors need to know its types. */
export async function newNode(path: string, { kind, outside }: NewNodeFlags): Promise<number> {
  const plain = endings.reduce<string>(
    (name, ending) => (name.endsWith(ending) ? name.slice(0, -ending.length) : name),
    path,
  )
  const file = resolve(`${plain}.ts`)
  refuseWrongPlace(path, file, outside ?? false)
  const text = readFileSync(new URL(`../sdk/templates/${kind}.ts`, import.meta.url), 'utf8')
  const folder = dirname(file)
  mkdirSync(folder, { recursive: true })
  // `wx`: another program may have been quicker.
  writeFileSync(file, text, { flag: 'wx' })
  const types = writeTypes(folder)
  const shown = near(file)
  const type = `./${near(file.slice(0, -'.ts'.length)).replaceAll('\\', '/')}`
  process.stdout.write(`${styled('green', 'made')} ${shown}, a ${kind} that works${types ? `, and ${types} for your editor (with paths of this machine: not for git)` : ''}

  headrace nodes test ${type}     does it keep what every node promises?
  headrace nodes ${type}          its settings
  "type": "${type}"            in a pipeline in this folder; headrace edit lists it

It is code and runs with your rights: at every check, also when somebody opens the pipeline in the page. The page never
writes such files.
`)
  return 0
}

const near = (path: string): string => {
  const way = relative(process.cwd(), path)
  return way.startsWith('..') ? path : way
}

function refuseWrongPlace(given: string, file: string, outside: boolean): void {
  const name = basename(file, '.ts')
  if (!/^[A-Za-z][\w-]*$/.test(name))
    throw new HeadraceError('bad-name', `"${name}" cannot be a node's name`, {
      hint: 'Names are made of letters, digits, - and _ and begin with a letter: ./nodes/vat.',
    })
  if (!outside && (isAbsolute(given) || !isInside(process.cwd(), file)))
    throw new HeadraceError('outside', `${given} leads out of this folder`, {
      hint: 'Go to the folder of the pipeline first, or say so with --outside.',
    })
  const there = endings.map((ending) => join(dirname(file), `${name}${ending}`)).find((one) => existsSync(one))
  if (there)
    throw new HeadraceError('file-exists', `${near(there)} is there already; nothing was written`, {
      hint: 'Take another name, or delete it first.',
    })
}

/**
 * Tells editors and tsc where the SDK's types lie, which Node finds without: a tsconfig.json in the nodes' folder. Null
 * where the folder has a configuration, or sees the SDK anyway.
 */
function writeTypes(folder: string): string | null {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, 'tsconfig.json')) && at === folder) return null
    if (existsSync(join(at, 'node_modules', '@headrace', 'runtime'))) return null
    if (at === dirname(at)) break
  }
  const runtime = resolve(import.meta.dirname, '..')
  const config = {
    compilerOptions: {
      target: 'es2024',
      lib: ['es2024', 'esnext.disposable', 'esnext.float16'],
      module: 'nodenext',
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      erasableSyntaxOnly: true,
      allowImportingTsExtensions: true,
      paths: { '@headrace/runtime/*': [`${runtime}/*/index.ts`] },
      typeRoots: [join(runtime, 'node_modules', '@types')],
      types: ['node'],
    },
    include: ['*.ts'],
  }
  const file = join(folder, 'tsconfig.json')
  writeFileSync(file, `${JSON.stringify(config, null, 2)}\n`)
  return near(file)
}
