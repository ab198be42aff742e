import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const suite = join(import.meta.dirname, '../../../shared/data/onnx-backend-tests')
const present = existsSync(suite)
if (!present) console.log(`skipped: there is no folder ${suite}`)

test.skipIf(!present)(
  'models/onnx gives, a row a call, what ONNX Runtime gives: at least 1,450 cases of the ONNX suite',
  { timeout: 300_000 },
  () => {
    const baseline = JSON.parse(readFileSync(join(suite, 'ORT_BASELINE.json'), 'utf8')) as Record<string, string>
    const cases = Object.keys(baseline).filter((name) => baseline[name] === 'pass')
    expect(cases.length).toBe(1555)
    const folder = mkdtempSync(join(tmpdir(), 'headrace-onnx-'))
    try {
      execFileSync('tar', ['-xzf', join(suite, 'tests.tar.gz'), '-C', folder])
      const results = runCases(folder, cases)
      const failed = results.filter(([, why]) => why !== null)
      console.log(`${results.length - failed.length} of ${results.length} as ONNX Runtime; not: \n${reasons(failed)}`)
      expect(results.length).toBe(cases.length)
      expect(results.length - failed.length).toBeGreaterThanOrEqual(1450)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
)

type Result = [name: string, why: string | null]

/** Runs the cases in a process of their own, which begins again after a case that crashes it. */
function runCases(folder: string, cases: readonly string[]): Result[] {
  const listFile = join(folder, 'cases.json')
  const resultFile = join(folder, 'results.ndjson')
  writeFileSync(listFile, JSON.stringify(cases))
  writeFileSync(resultFile, '')
  const script = join(import.meta.dirname, 'onnx-backend/run.ts')
  const done = () => readFileSync(resultFile, 'utf8').split('\n').filter(Boolean)
  // More crashes than this are a fault of the script, not of ONNX Runtime.
  for (let crashes = 0; done().length < cases.length && crashes < 20; crashes++) {
    const at = done().length
    const { status, signal, stderr } = spawnSync(process.execPath, [script, folder, listFile, resultFile, String(at)])
    const after = done().length
    if (status === 0 || after === cases.length) break
    const last = String(stderr)
      .trim()
      .split('\n')
      .findLast((line) => !line.startsWith('Node.js'))
    writeFileSync(resultFile, `${JSON.stringify([cases[after], `crashed: ${signal ?? status} ${last}`])}\n`, {
      flag: 'a',
    })
  }
  return done().map((line) => JSON.parse(line) as Result)
}

function reasons(failed: readonly Result[]): string {
  const byWhy = new Map<string, string[]>()
  for (const [name, why] of failed) {
    const kind = (why ?? '').replace(/^The (in|out)put "[^"]*"/, 'The $1put')
    byWhy.set(kind, [...(byWhy.get(kind) ?? []), name])
  }
  return [...byWhy].map(([why, names]) => `  ${names.length} × ${why}\n      ${names.join(' ')}`).join('\n')
}
