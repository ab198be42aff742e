import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Command } from 'commander'
import { catalogueBeside } from '../catalogue/load.ts'
import { ownFile } from '../catalogue/own/find.ts'
import { ownPlace } from '../catalogue/own/frames.ts'
import { isOwnType } from '../pipeline/owntype.ts'
import { HeadraceError } from '../pipeline/problem.ts'
import { promisesOf } from '../testing/contract/index.ts'
import { styled } from './print.ts'

interface Outcome {
  readonly name: string
  readonly kept: boolean
  readonly why?: string
}

/** `headrace nodes test`: the contract test for one node; 1 where a promise is broken. */
export async function testNode(path: string, _own: object, command: Command): Promise<number> {
  // `headrace nodes` has the option too, and takes it first.
  const { json } = command.optsWithGlobals<{ readonly json?: boolean }>()
  const started = performance.now()
  const type = path.replace(/\.m?[tj]s$/, '')
  const catalogue = await catalogueBeside(process.cwd())
  const node = await catalogue.load(isOwnType(type) || catalogue.types.includes(type) ? type : `./${type}`)
  if (!node)
    throw new HeadraceError('unknown-node', `there is no node "${path}"`, { hint: 'headrace nodes lists them.' })
  const folder = isOwnType(type) ? dirname(ownFile(type, process.cwd())) : process.cwd()
  const scratch = mkdtempSync(join(tmpdir(), 'headrace-nodes-'))
  const outcomes: Outcome[] = []
  try {
    for (const { name, check } of promisesOf(node, { folder, fresh: () => mkdtempSync(join(scratch, 'run-')) })) {
      const outcome = await outcomeOf(name, check)
      outcomes.push(outcome)
      if (!json) tell(outcome)
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
  const broken = outcomes.filter(({ kept }) => !kept).length
  if (json)
    process.stdout.write(`${JSON.stringify({ node: path, kind: node.kind, ok: broken === 0, promises: outcomes })}\n`)
  else {
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    const all = `${outcomes.length} promises`
    const said = broken ? styled('red', `${broken} of ${all} broken`) : styled('green', `${all} kept`)
    process.stdout.write(`${said} · ${seconds} s\n`)
  }
  return broken ? 1 : 0
}

async function outcomeOf(name: string, check: () => Promise<void>): Promise<Outcome> {
  try {
    await check()
    return { name, kept: true }
  } catch (error) {
    return { name, kept: false, why: reasonOf(error) }
  }
}

const mostLines = 24

/** What went wrong, with the line of the node's code where it threw. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const place = ownPlace(error.stack)
  const lines = error.message.split('\n').filter((line) => line.trim() !== '')
  const cut = lines.length > mostLines ? [...lines.slice(0, mostLines), '…'] : lines
  return [...cut, ...(place ? [`at ${place.file}:${place.line}:${place.position}`] : [])].join('\n')
}

function tell({ name, kept, why }: Outcome): void {
  process.stdout.write(`${kept ? styled('green', '✓') : styled('red', '✗')} ${name}\n`)
  if (why) process.stdout.write(`    ${why.replaceAll('\n', '\n    ')}\n`)
}
