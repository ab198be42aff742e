import { HeadraceError } from './problem.ts'

/**
 * A fault of the surroundings (disk, network, memory, open files) as an error that is tried again and never makes a
 * dead letter; null for any other. Looks at what the system, `fetch` and native engines say, and at causes.
 */
export function fault(error: unknown): HeadraceError | null {
  for (const one of withCauses(error)) {
    if (one instanceof HeadraceError && one.fault) return one
    const code = faultCode(one)
    if (!code) continue
    const known = error instanceof HeadraceError ? error : null
    const message = known?.message ?? messageOf(one)
    const hint = known?.hint ?? hints[code]
    return new HeadraceError(known?.code ?? code, message, {
      place: known?.place ?? {},
      cause: error,
      fault: true,
      ...(hint && { hint }),
    })
  }
  return null
}

/** Whether an error is the system's own (EACCES, ENOENT), which no row of a call is the reason of. */
export const isOfSystem = (error: unknown): boolean =>
  withCauses(error).some((one) => /^E[A-Z0-9]+$/.test(codeOf(one)) && 'errno' in (one as object))

/** What the system, Node's `fetch` and its memory say; they may pass. */
const codes = new Set([
  ...['ENOSPC', 'EDQUOT', 'EIO', 'EFBIG', 'EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN', 'EBUSY'],
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'ETIMEDOUT', 'EPIPE', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN'],
  ...['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_SOCKET'],
  'ERR_MEMORY_ALLOCATION_FAILED',
])

/** What native engines (ONNX Runtime, LanceDB, DuckDB) and V8 say instead of a code. */
const texts: readonly (readonly [string, RegExp])[] = [
  ['ENOSPC', /No space left on device|\bos error 28\b|StorageFull/i],
  ['EIO', /Input\/output error|\bos error 5\b/i],
  ['EMFILE', /Too many open files|\bos error 2[34]\b/i],
  ['EFBIG', /\bos error 27\b/i],
  ['ECONNREFUSED', /\bos error 111\b/i],
  ['ECONNRESET', /\bos error 104\b/i],
  ['ETIMEDOUT', /\bos error 110\b/i],
  ['ENOMEM', /bad_alloc|bad allocation|Array buffer allocation failed|Cannot allocate memory|\bos error 12\b/i],
  ['ENOMEM', /Failed to allocate memory|BFCArena.*allocate|memory allocation of \d+ bytes failed/i],
  ['ENOMEM', /^Out of Memory Error/],
]

const hints: { readonly [code: string]: string } = {
  ENOSPC: 'The disk is full: make room on it, then resume.',
  EDQUOT: 'The quota of the disk is used up: make room, then resume.',
  EFBIG: 'The system allows no larger file: raise its limit (ulimit -f), then resume.',
  EMFILE: 'Too many files are open: raise the limit (ulimit -n) or use fewer workers, then resume.',
  ENOMEM: 'There is not enough memory: free some, or use fewer workers, then resume.',
}

function faultCode(error: unknown): string | null {
  const code = codeOf(error)
  if (codes.has(code)) return code
  if ((error as { name?: unknown } | null)?.name === 'TimeoutError') return 'ETIMEDOUT'
  const message = messageOf(error)
  return texts.find(([, text]) => text.test(message))?.[0] ?? null
}

/** An error and what it was caused by, the innermost last; of several at once (`AggregateError`) each. */
function withCauses(error: unknown): unknown[] {
  const found: unknown[] = []
  const visit = (one: unknown) => {
    if (one === undefined || one === null || found.includes(one) || found.length > 16) return
    found.push(one)
    visit((one as { cause?: unknown }).cause)
    if (one instanceof AggregateError) one.errors.forEach(visit)
  }
  visit(error)
  return found
}

const codeOf = (error: unknown): string => {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : ''
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
