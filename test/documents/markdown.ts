/** A step that a document asks its reader to take. */
export type Step =
  | { readonly kind: 'file'; readonly path: string; readonly text: string; readonly line: number }
  | {
      readonly kind: 'command'
      readonly command: string
      /** What the document shows that the last command of its block prints; null where it shows nothing. */
      readonly shown: string | null
      readonly exitCode: number
      readonly line: number
    }

interface Block {
  readonly language: string
  readonly text: string
  /** The last line of text before the block. */
  readonly before: string
  readonly line: number
}

/** Fenced blocks of a Markdown text. */
export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = []
  let before = ''
  let open: { language: string; line: number; lines: string[] } | null = null
  for (const [at, line] of markdown.split('\n').entries()) {
    if (line.startsWith('```')) {
      if (open) blocks.push({ language: open.language, text: open.lines.join('\n'), before, line: open.line })
      open = open ? null : { language: line.slice(3).trim(), line: at + 1, lines: [] }
      if (!open) before = ''
    } else if (open) open.lines.push(line)
    else if (line.trim()) before = line
  }
  return blocks
}

/**
 * What a reader does, in order: a block after "as `path`:" is a file to save, each line of an `sh` block a command, a
 * `text` block right after it what it prints. `# exits with 3` at a line's end says that the command does not end with 0.
 */
export function stepsOf(markdown: string): Step[] {
  const blocks = blocksOf(markdown)
  return blocks.flatMap(({ language, text, before, line }, at): Step[] => {
    const path = /\bas `([^`]+)`:$/.exec(before)?.[1]
    if (path !== undefined) return [{ kind: 'file', path, text: `${text}\n`, line }]
    if (language !== 'sh') return []
    const next = blocks[at + 1]
    const shown = next?.language === 'text' && next.before === '' ? next.text : null
    const commands = text.split('\n').filter((command) => command.trim())
    return commands.map((command, i) => ({
      kind: 'command',
      command: command.replace(/\s+#.*$/, ''),
      shown: i === commands.length - 1 ? shown : null,
      exitCode: Number(/# exits with (\d+)/.exec(command)?.[1] ?? 0),
      line: line + 1 + i,
    }))
  })
}

/** The lines that a document shows and a command did not print, in this order. `…` stands for anything. */
export function missingLines(shown: string, printed: string): string[] {
  const lines = printed.split('\n').map(settled)
  let from = 0
  return shown.split('\n').filter((line) => {
    if (!line.trim() || line.trim() === '…') return false
    const pattern = new RegExp(`^${settled(line).split('…').map(literally).join('.*')}$`)
    const at = lines.findIndex((one, i) => i >= from && pattern.test(one))
    if (at >= 0) from = at + 1
    return at < 0
  })
}

/** A line without what differs from run to run: times, sizes of files, a run's id, distances. */
export function settled(line: string): string {
  return line
    .replace(/\b\d{8}-\d{6}-[0-9a-f]{4,6}\b/g, 'RUN')
    .replace(/(\b\d+ (h|min) )?\b\d+(\.\d+)? (s|ms|min)\b/g, 'TIME')
    .replace(/\b[\d.]+ (B|kB|MB|GB)(?!\w)/g, 'SIZE')
    .replace(/^\d\.\d{3}(?= )/, 'DISTANCE')
    .replace(/\s+/g, ' ')
    .trim()
}

const literally = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
