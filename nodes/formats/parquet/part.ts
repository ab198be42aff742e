import type { Batch } from '@headrace/runtime/sdk'
import type { PartFormat } from '../output.ts'
import { type Codec, openEncoder } from './encode.ts'
import { footerBytes, magic } from './stitch.ts'
import type { ThriftStruct } from './thrift.ts'

const mostBytes = 32 << 20

/** Parts that are Parquet files: row groups of `groupRows` rows, or about `groupBytes` where that is less. */
export function parquetParts(settings: {
  readonly codec: Codec
  readonly groupRows: number
  readonly groupBytes: number
}): PartFormat {
  const { codec, groupRows } = settings
  const groupBytes = Math.min(mostBytes, settings.groupBytes)
  return {
    ending: '.parquet',
    async open(schema, write, room) {
      const encoder = await openEncoder(schema.fields, codec, room)
      const groups: Uint8Array[] = []
      let head: ThriftStruct | null = null
      let rows = 0
      let position = 0

      async function flush() {
        if (encoder.rows() === 0) return
        if (position === 0) await write(magic)
        position ||= magic.length
        const group = encoder.group(position, groups.length)
        head = group.head
        await write(group.bytes)
        groups.push(group.entry)
        position += group.bytes.length
      }

      return {
        async add(batch) {
          for (let at = 0; at < batch.rows; ) {
            const count = Math.min(batch.rows - at, groupRows - encoder.rows())
            encoder.add(rowsOf(batch, at, at + count))
            at += count
            rows += count
            if (encoder.rows() >= groupRows || encoder.bytes() >= groupBytes) await flush()
          }
        },
        // How small a group becomes is known when it is written: with little room, what waits counts.
        bytes: () => position + (room === 'little' ? encoder.bytes() : 0),
        async end() {
          await flush()
          if (head) await write(footerBytes(head, { rows, count: groups.length, bytes: Buffer.concat(groups) }))
        },
        close: encoder.close,
      }
    },
  }
}

const rowsOf = (batch: Batch, start: number, end: number): Batch =>
  start === 0 && end === batch.rows ? batch : batch.slice(start, end)
