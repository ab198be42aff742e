import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect } from 'vitest'
import { seededRandom } from '../../runtime/disk/index.ts'
import { processOf } from '../../runtime/engine/runprocess.ts'
import { headrace, type Started, start } from '../cli/command.ts'
import { Workplace } from '../engine/workplace.ts'
import { momentOf, until } from './kill.ts'
import { drawChaos, leftBy, model } from './pipeline.ts'
import { countKill, folderOf, type Round, type Undisturbed } from './round.ts'

interface View {
  readonly id: string
  readonly status: string
}

/** `headrace edit` in a process of its own over a test's folder. */
class Editor {
  readonly #place: Workplace
  readonly #page = mkdtempSync(join(tmpdir(), 'headrace-page-'))
  readonly #token = 'a-token-of-this-test-alone'
  #port = 0
  #started: Started | undefined

  constructor(place: Workplace) {
    this.#place = place
    mkdirSync(join(this.#page, 'assets'))
    writeFileSync(join(this.#page, 'index.html'), '<!doctype html>')
  }

  async up(): Promise<void> {
    this.#port ||= await freePort()
    const env = { HEADRACE_PAGE: this.#page, HEADRACE_TOKEN: this.#token }
    const args = ['edit', this.#place.folder, '--data', dirname(model), '--port', String(this.#port), '--no-open']
    this.#started = start(headrace, args, { env })
    for (;;) {
      const answer = await this.#fetch('GET', 'runs').catch(() => null)
      if (answer?.ok) return
      if (this.#started.child.exitCode !== null) throw new Error((await this.#started.ended).stderr)
      await setTimeout(50)
    }
  }

  #fetch(method: string, path: string, body?: object): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.#port}/api/${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
  }

  async ask<T>(method: string, path: string, body?: object): Promise<T> {
    const answer = await this.#fetch(method, path, body)
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return JSON.parse(text) as T
  }

  async kill(): Promise<void> {
    this.#started?.child.kill('SIGKILL')
    await this.#started?.ended
  }

  async close(): Promise<void> {
    this.#started?.child.kill('SIGTERM')
    await this.#started?.ended
    rmSync(this.#page, { recursive: true, force: true })
  }
}

/**
 * A run that the server started: its process is killed, or the server itself, whose run then ends by itself; resumed
 * through the server, all is as if nobody had disturbed it.
 */
export async function serverRound(seed: number, whole: Undisturbed, whom: 'run' | 'server'): Promise<Round> {
  const random = seededRandom(seed)
  const place = new Workplace()
  drawChaos(place, random() < 0.5)
  const moment = momentOf(random, whole.records)
  const editor = new Editor(place)
  await editor.up()
  try {
    const { id } = await editor.ask<View>('POST', 'runs', { pipeline: 'pipeline.json' })
    const state = async () => (await editor.ask<View>('GET', `runs/${id}`)).status
    const pid = processOf(folderOf(place) as string)?.pid as number
    let round: Round = { kills: 0, counted: 0 }
    const there = await until(
      () => folderOf(place),
      moment,
      () => !isAlive(pid),
    )
    if (there && whom === 'run') {
      process.kill(pid, 'SIGKILL')
      while (isAlive(pid)) await setTimeout(5)
      round = countKill(folderOf(place), round)
    } else if (there) {
      round = countKill(folderOf(place), round)
      await editor.kill()
      // It finishes what is in flight, and never outlives the server for long.
      while (isAlive(pid)) await setTimeout(20)
      await editor.up()
    }
    while ((await state()) === 'running') await setTimeout(50)
    if ((await state()) !== 'done') {
      await editor.ask('POST', `runs/${id}/resume`, {})
      while ((await state()) === 'running') await setTimeout(50)
    }
    expect(await state(), `seed ${seed}`).toBe('done')
    expect(await leftBy(place), `seed ${seed}`).toEqual(whole.left)
    return round
  } finally {
    await editor.close()
    place.remove()
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}
