import { type Header, HeadraceError, type SourceFile } from '@headrace/runtime/sdk'

/** Opening a file is waiting. */
const atOnce = 32

/** Looks at every file's header, some at once; a file that cannot be read is left out: the probe says what is wrong. */
export async function headersOf(
  files: readonly SourceFile[],
  { signal }: { readonly signal: AbortSignal },
  look: (file: SourceFile) => Promise<Header['columns']>,
): Promise<Header[]> {
  const headers: Header[] = []
  for (let start = 0; start < files.length; start += atOnce) {
    signal.throwIfAborted()
    const some = files.slice(start, start + atOnce)
    const found = await Promise.all(some.map((file) => look(file).catch(unread)))
    found.forEach((columns, i) => {
      if (columns) headers.push({ path: (some[i] as SourceFile).path, columns })
    })
  }
  return headers
}

function unread(error: unknown): null {
  if (error instanceof HeadraceError || (error instanceof Error && 'syscall' in error)) return null
  throw error
}
