/**
 * Runs one addition on the provider named on the command line: exit code 0, or 1 with the reason on standard output.
 * A process of its own, started by `provider.ts`.
 */
export async function trial(provider: string): Promise<void> {
  const ort = await import('onnxruntime-node')
  const session = await ort.InferenceSession.create(additionModel(), {
    executionProviders: [provider],
    logSeverityLevel: 4,
  })
  const x = new ort.Tensor('float32', Float32Array.of(1, 2), [2])
  const result = await session.run({ x })
  const sum = Array.from(result['y']?.data as Float32Array)
  if (sum[0] !== 2 || sum[1] !== 4) throw new Error(`1+1, 2+2 gave ${sum}`)
}

/** An ONNX model of one node, y = x + x over two float32, written byte by byte (onnx.proto). */
export function additionModel(): Uint8Array {
  const text = (value: string) => [...new TextEncoder().encode(value)]
  const part = (field: number, content: number[]) => [(field << 3) | 2, content.length, ...content]
  const number = (field: number, value: number) => [field << 3, value]
  const tensor = part(2, part(1, [...number(1, 1), ...part(2, part(1, number(1, 2)))]))
  const node = [...part(1, text('x')), ...part(1, text('x')), ...part(2, text('y')), ...part(4, text('Add'))]
  const graph = [
    ...part(1, node),
    ...part(2, text('trial')),
    ...part(11, [...part(1, text('x')), ...tensor]),
    ...part(12, [...part(1, text('y')), ...tensor]),
  ]
  return Uint8Array.from([...number(1, 8), ...part(7, graph), ...part(8, [...part(1, []), ...number(2, 17)])])
}

if (import.meta.main) {
  try {
    await trial(process.argv[2] ?? 'cpu')
  } catch (error) {
    const message = (error instanceof Error ? error.message : String(error)).trim()
    // ONNX Runtime puts its own source lines in front of what is wrong.
    process.stdout.write(
      message
        .replace(/^.* was false\. /s, '')
        .replace(/\s+/g, ' ')
        .slice(0, 300),
    )
    process.exitCode = 1
  }
}
