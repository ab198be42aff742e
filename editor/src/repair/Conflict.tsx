import { useId, useMemo, useState } from 'react'
import { useDocument, type Conflict as Versions } from '../model/document.ts'
import { keepMine, takeTheirs } from '../model/sync.ts'
import { compareLines, folded, type Line, type Part } from './lines.ts'
import { words } from './words.ts'
import './conflict.css'

const said = words.conflict

/** Most rows that are drawn. */
const mostRows = 400

/** Two versions of the open pipeline side by side, of which the reader keeps one. */
export function Conflict() {
  const conflict = useDocument((document) => document.conflict)
  return conflict && <Choice conflict={conflict} />
}

function Choice({ conflict }: { conflict: Versions }) {
  const text = useDocument((document) => document.text)
  const [open, setOpen] = useState(true)
  const lines = useId()
  const rows = useMemo(() => compareLines(text, conflict.text), [text, conflict.text])
  const differing = rows.filter(({ same }) => !same).length
  const onDisk = conflict.draft === null
  return (
    <section className="conflict" aria-label={said.region}>
      <header className="conflict-head">
        <p role="alert">
          <strong>{conflict.with === 'disk' ? said.disk : said.tab}</strong> {said.differ(differing)}. {said.help}
        </p>
        <div className="conflict-actions">
          <button type="button" className="button primary" onClick={keepMine}>
            {said.keep}
          </button>
          <button type="button" className="button" onClick={takeTheirs}>
            {onDisk ? said.takeDisk : said.takeTab}
          </button>
          <button
            type="button"
            className="button"
            aria-expanded={open}
            aria-controls={lines}
            onClick={() => setOpen(!open)}
          >
            {open ? said.hide : said.compare}
          </button>
        </div>
      </header>
      {open && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
        <section id={lines} className="conflict-lines" tabIndex={0} aria-label={said.lines}>
          <table>
            <colgroup>
              <col className="conflict-numbers" />
              <col />
              <col className="conflict-numbers" />
              <col />
            </colgroup>
            <thead>
              <tr>
                <th scope="col" colSpan={2}>
                  {said.here}
                </th>
                <th scope="col" colSpan={2}>
                  {onDisk ? said.onDisk : said.inTab}
                </th>
              </tr>
            </thead>
            <Parts parts={folded(rows)} />
          </table>
        </section>
      )}
    </section>
  )
}

function Parts({ parts }: { parts: readonly Part[] }) {
  let left = mostRows
  return parts.map((part, i) => {
    if ('hidden' in part) return <Hidden key={`hidden ${i}`} text={said.equal(part.hidden)} />
    const shown = part.rows.slice(0, left)
    left -= shown.length
    const cut = part.rows.length - shown.length
    return (
      <tbody key={`rows ${i}`}>
        {shown.map(({ left: here, right: there, same }) => (
          <tr key={`${here?.number ?? ''} ${there?.number ?? ''}`} data-same={same || undefined}>
            <Cells line={here} changed={!same} side="here" />
            <Cells line={there} changed={!same} side="there" />
          </tr>
        ))}
        {cut > 0 && (
          <tr className="conflict-hidden">
            <td colSpan={4}>{said.more(cut)}</td>
          </tr>
        )}
      </tbody>
    )
  })
}

function Hidden({ text }: { text: string }) {
  return (
    <tbody>
      <tr className="conflict-hidden">
        <td colSpan={4}>{text}</td>
      </tr>
    </tbody>
  )
}

function Cells({ line, changed, side }: { line: Line | null; changed: boolean; side: 'here' | 'there' }) {
  const mark = changed && line ? side : undefined
  return (
    <>
      <td className="conflict-number data" data-mark={mark}>
        {line && changed && <span aria-hidden>{side === 'here' ? '−' : '+'}</span>} {line?.number}
      </td>
      <td className="data" data-mark={mark} data-empty={line === null || undefined}>
        {mark && <span className="visually-hidden">{said.only[side]}: </span>}
        {line?.text}
      </td>
    </>
  )
}
