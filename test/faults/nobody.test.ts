import { expect, test } from 'vitest'
import { SimulatedDisk } from '../../runtime/disk/index.ts'
import { live } from './life.ts'
import { planned } from './plan.ts'
import { variantsOf } from './variants.ts'

test('a sink that fails by itself where no row came ends the run: nobody looks for a row at fault for ever', async () => {
  const variant = variantsOf('ndjson').find(({ isEmpty }) => isEmpty)
  if (!variant) throw new Error('there is no variant without rows')
  const failing: typeof variant.sink = {
    ...variant.sink,
    open: async (context) => ({
      ...(await variant.sink.open(context)),
      commit: async () => {
        throw new Error('the store is broken')
      },
    }),
  }
  const lived = await live(new SimulatedDisk().process(), planned({ ...variant, sink: failing }, 'r1', 0))
  expect(lived).toMatchObject({ how: 'failed', error: { message: expect.stringContaining('the store is broken') } })
})
