import { fork } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ErrorMessage, unpackError } from '../engine/messages.ts'
import type { Sampled, SampleTask } from './sample.ts'

/** A pipeline that takes longer for its first rows is not tried further. */
const patience = 15_000

/** Tries a pipeline in a process of its own, whose files are removed afterwards. Throws where that fails, or takes too long. */
export async function sample(task: Omit<SampleTask, 'folder'>): Promise<Sampled> {
  const folder = await mkdtemp(join(tmpdir(), 'headrace-estimate-'))
  try {
    return await ask({ ...task, folder })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function ask(task: SampleTask): Promise<Sampled> {
  const path = fileURLToPath(new URL('./start.mjs', import.meta.url))
  const child = fork(path, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], serialization: 'advanced', execArgv: [] })
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => late.reject(new Error(`its first rows took more than ${patience / 1000} seconds`)),
    patience,
  )
  try {
    const answer = new Promise<Sampled>((resolve, reject) => {
      child.on('error', reject)
      child.on('message', (message: { sampled: Sampled } | { error: ErrorMessage }) => {
        if ('sampled' in message) resolve(message.sampled)
        else reject(unpackError(message.error))
      })
      child.on('exit', (code, signal) =>
        reject(new Error(`the process that tried it ended (${signal ?? `code ${code}`})`)),
      )
      child.send(task)
    })
    return await Promise.race([answer, late.promise])
  } finally {
    clearTimeout(timer)
    child.kill('SIGKILL')
    await gone
  }
}
