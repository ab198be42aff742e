import { entity } from './entities.ts'

/** HTML elements inside a line; every other tag ends a word, so that `<p>one</p><p>two</p>` stays two words. */
const inline = new Set(
  (
    'a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark q rp rt ruby s samp small ' +
    'span strike strong sub sup time tt u var wbr'
  ).split(' '),
)
/** Elements whose content is no text. */
const hidden = new Set(['script', 'style'])

/** The text of HTML or XML: tags and comments out, entities decoded, CDATA kept; what only looks like a tag stays. */
export function stripMarkup(text: string): string {
  if (!text.includes('<')) return decodeEntities(text)
  const find = finder(text)
  let quotes = true
  let out = ''
  let at = 0
  while (at < text.length) {
    const open = find('<', at)
    if (open < 0) break
    out += decodeEntities(text.slice(at, open))
    if (text.startsWith('<!--', open)) {
      const end = find('-->', open + 4)
      at = end < 0 ? text.length : end + 3
    } else if (text.startsWith('<![CDATA[', open)) {
      const end = find(']]>', open + 9)
      out += text.slice(open + 9, end < 0 ? text.length : end)
      at = end < 0 ? text.length : end + 3
    } else {
      const close = find('>', open)
      if (close < 0 || !tagStart.test(text.slice(open, open + 3))) {
        out += '<'
        at = open + 1
        continue
      }
      let end = quotes ? tagEnd(text, open, find) : close
      if (end < 0) {
        // A quote that swallows the rest: from here on a tag ends at its first ">", which keeps the time linear.
        quotes = false
        end = close
      }
      const name = nameOf(text, open)
      at = end + 1
      if (hidden.has(name) && text[open + 1] !== '/') at = afterHidden(text, name, at, find)
      if (!inline.has(name) && out !== '' && !out.endsWith('\n')) out += '\n'
    }
  }
  return out + decodeEntities(text.slice(at))
}

const tagStart = /^<(?:[a-zA-Z]|\/[a-zA-Z]|[!?])/

type Find = (what: string, from: number) => number

/** `indexOf` that remembers its last answer: asked from left to right, all its searches together pass the text once. */
function finder(text: string): Find {
  const last = new Map<string, number>()
  return (what, from) => {
    const known = last.get(what)
    if (known !== undefined && (known < 0 || known >= from)) return known
    const found = text.indexOf(what, from)
    last.set(what, found)
    return found
  }
}

/** Where a tag's ">" is; one inside a quoted attribute does not count. -1 where it is in no place. */
function tagEnd(text: string, open: number, find: Find): number {
  for (let at = open + 1; at < text.length; at++) {
    const char = text[at] as string
    if (char === '>') return at
    if (char !== '=') continue
    let next = at + 1
    while (text[next] === ' ') next++
    const quote = text[next]
    if (quote !== '"' && quote !== "'") continue
    const end = find(quote, next + 1)
    if (end > 0) at = end
  }
  return -1
}

function nameOf(text: string, open: number): string {
  const start = text[open + 1] === '/' ? open + 2 : open + 1
  let end = start
  while (end - start < 16 && /[a-zA-Z0-9:-]/.test(text[end] ?? '')) end++
  return text.slice(start, end).toLowerCase()
}

/** After the end tag of a script or style; the end of the text where there is none. */
function afterHidden(text: string, name: string, from: number, find: Find): number {
  const end = new RegExp(`</${name}`, 'gi')
  end.lastIndex = from
  const close = end.exec(text) ? find('>', end.lastIndex) : -1
  return close < 0 ? text.length : close + 1
}

function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(#?[a-zA-Z0-9]{1,31});/g, (whole, name: string) => entity(name) ?? whole)
}
