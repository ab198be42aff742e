import { expect, test } from 'vitest'
import { chooseProvider, listProviders, tryProvider } from './provider.ts'

test('every provider is listed with what a trial of it showed', async () => {
  const states = await listProviders()
  expect(states.map(({ name }) => name)).toEqual(['cuda', 'webgpu', 'cpu'])
  for (const { reason } of states) expect(reason).toMatch(/^\S.{5,}/)
  expect(states.at(-1)).toEqual({ name: 'cpu', present: true, reason: 'a trial model ran' })
})

test('auto takes the first one that is present and says why not those before it', async () => {
  const { provider, why } = await chooseProvider('auto')
  expect((await tryProvider(provider)).present).toBe(true)
  const [cuda, webgpu] = await Promise.all([tryProvider('cuda'), tryProvider('webgpu')])
  const absent = [cuda, webgpu].filter(({ present }) => !present).map(({ name, reason }) => `not ${name}: ${reason}`)
  if (provider === 'cpu') expect(why).toBe(absent.join('; '))
})
