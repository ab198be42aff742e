import { Worker } from 'node:worker_threads'
import { tinyModel } from './tiny-model.ts'

const pair = (name: string) => ({ name, type: 'float32', dims: [2] })
const addition = {
  inputs: [pair('x')],
  outputs: [pair('y')],
  nodes: [{ op: 'Add', inputs: ['x', 'x'], outputs: ['y'] }],
}

/**
 * Runs one addition on the provider named on the command line: exit code 0, or 1 with the reason on standard output.
 * A process of its own, started by `provider.ts`.
 */
export async function trial(provider: string): Promise<void> {
  const ort = await import('onnxruntime-node')
  const session = await ort.InferenceSession.create(tinyModel(addition), {
    executionProviders: [provider],
    logSeverityLevel: 4,
  })
  const x = new ort.Tensor('float32', Float32Array.of(1, 2), [2])
  const result = await session.run({ x })
  const sum = Array.from(result['y']?.data as Float32Array)
  if (sum[0] !== 2 || sum[1] !== 4) throw new Error(`1+1, 2+2 gave ${sum}`)
}

/** Ends this process with the one that started it, also while a driver keeps the main thread. */
const watch = `setInterval(() => { if (process.ppid !== ${process.ppid}) process.kill(process.pid, 'SIGKILL') }, 100)`

if (import.meta.main) {
  new Worker(watch, { eval: true }).unref()
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
