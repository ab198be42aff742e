import { existsSync, lstatSync, readdirSync } from 'node:fs'
import { cp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { realPath } from '../../catalogue/pathguard.ts'
import { freeName } from '../pipelines/ids.ts'
import type { Template } from './list.ts'

/** What a template's folder has that is not copied: what its runs left, and what is for its development. */
const left = new Set(['out', '.headrace', 'node_modules', 'package.json'])

/**
 * Copies a template with its data into the folder, under its name or the next free one, and links the models and
 * packages that it reads; gives the new pipeline's id. It is there as a whole or not at all.
 */
export async function copyTemplate(template: Template, folder: string): Promise<string> {
  const name = freeName(template.name, (one) => existsSync(join(folder, one)))
  const fresh = join(folder, `.${name}-${process.pid}`)
  try {
    const wanted = (path: string) => !left.has(basename(path)) && !/\.test\.ts$|^make-.*\.ts$/.test(basename(path))
    await cp(template.folder, fresh, { recursive: true, filter: wanted })
    await linkPackages(template, fresh)
    await linkModels(dirname(template.folder), folder)
    await rename(fresh, join(folder, name))
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
  return `${name}/pipeline.json`
}

/** A pipeline that reads installed packages finds them below its own `node_modules`. */
async function linkPackages(template: Template, copy: string): Promise<void> {
  const file = join(copy, 'pipeline.json')
  const text = await readFile(file, 'utf8')
  const own = join(template.folder, 'node_modules')
  const all = join(template.folder, '..', '..', 'node_modules')
  const aboveAll = '"../../node_modules/'
  if (text.includes(aboveAll)) {
    await writeFile(file, text.replaceAll(aboveAll, '"node_modules/'))
    await symlink(realPath(all), join(copy, 'node_modules'), 'junction')
  } else if (text.includes('"node_modules/') && existsSync(own)) {
    await symlink(realPath(own), join(copy, 'node_modules'), 'junction')
  }
}

/** Templates say `../models/NAME`: the examples' models are linked into the folder, or one by one into its `models`. */
async function linkModels(examples: string, folder: string): Promise<void> {
  const from = join(examples, 'models')
  const to = join(folder, 'models')
  if (!existsSync(from)) return
  if (!existsSync(to)) {
    // A link that leads nowhere any more is in the way.
    if (lstatSync(to, { throwIfNoEntry: false })?.isSymbolicLink()) await rm(to)
    return await symlink(realPath(from), to, 'junction')
  }
  if (realPath(to) === realPath(from)) return
  for (const name of readdirSync(from)) {
    if (!existsSync(join(to, name))) await symlink(realPath(join(from, name)), join(to, name), 'junction')
  }
}
