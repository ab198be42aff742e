import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sourceHash } from './source.ts'

/** Compiles `assembly/` into `module.ts`: `node nodes/formats/simd/build.ts`. Needs npm's registry once. */
const compiler = 'assemblyscript@0.28.20'
const output = join(mkdtempSync(join(tmpdir(), 'simd-')), 'module.wasm')
const flags = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--initialMemory', '1']
const folder = join(import.meta.dirname, 'assembly')
execFileSync('npx', ['-y', `--package=${compiler}`, 'asc', 'index.ts', ...flags, '--outFile', output], {
  cwd: folder,
  stdio: 'inherit',
})
const lines = readFileSync(output)
  .toString('base64')
  .match(/.{1,116}/g) as string[]
writeFileSync(
  join(import.meta.dirname, 'module.ts'),
  `/** Made by \`build.ts\` with ${compiler}; do not edit. The hash of the sources in \`assembly/\`. */
export const compiledFrom = '${sourceHash()}'

/** WebAssembly in base64. */
export const compiled = \`
${lines.join('\n')}
\`
`,
)
