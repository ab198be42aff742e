import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { afterAll, expect, test } from 'vitest'
import { HeadraceError } from '../pipeline/problem.ts'
import { answerErrors, HttpRefusal, notFound } from './refuse.ts'

const lines: string[] = []
const app = express()
app.get('/fault', () => {
  throw new Error('/home/me/secret.txt cannot be read')
})
app.get('/refusal', () => {
  throw new HttpRefusal(409, 'it changed', 'Choose one.', { text: 'theirs' })
})
app.get('/told', () => {
  throw new HeadraceError('no-model', 'there is no model', { hint: 'Name one.' })
})
app.get('/half', (_request, response) => {
  response.write('half')
  throw new Error('in the middle')
})
app.use(notFound)
app.use(answerErrors((level, message) => lines.push(`${level} ${message}`)))
const server = createServer(app).listen(0)
afterAll(() => server.close())

const get = async (path: string) => {
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`)
  return { status: answer.status, body: (await answer.json()) as { error: string; id?: string } }
}

test('what nobody expected is a number outside and the whole story in the log', async () => {
  const { status, body } = await get('/fault')
  expect(status).toBe(500)
  expect(JSON.stringify(body)).not.toContain('secret')
  expect(body.error).toContain(body.id)
  expect(lines.at(-1)).toContain(`error ${body.id} GET /fault: Error: /home/me/secret.txt cannot be read`)
  expect(lines.at(-1)).toContain('refuse.test.ts')
})

test('a refusal keeps its words, its hint and its fields, and so does an error for people', async () => {
  expect(await get('/refusal')).toEqual({
    status: 409,
    body: { error: 'it changed', hint: 'Choose one.', text: 'theirs' },
  })
  expect(await get('/told')).toEqual({
    status: 400,
    body: { error: 'there is no model', hint: 'Name one.', code: 'no-model' },
  })
  expect((await get('/nothing')).status).toBe(404)
})

test('an answer that breaks in the middle ends broken, and the log has it', async () => {
  await expect(get('/half')).rejects.toThrow()
  expect(lines.at(-1)).toContain('GET /half broke off: Error: in the middle')
})
