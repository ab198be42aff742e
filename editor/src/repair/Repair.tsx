import type { Problem } from '@headrace/runtime/api'
import { formatPipeline } from '@headrace/runtime/pipeline'
import { CircleAlert, TriangleAlert } from 'lucide-react'
import { useRef } from 'react'
import { isDraft, setText, useDocument } from '../model/document.ts'
import { goTo } from '../model/open.ts'
import { saveDocument } from '../model/sync.ts'
import { showGraph } from './open.ts'
import { TextEditor } from './TextEditor.tsx'
import { words } from './words.ts'
import './repair.css'

/** The text of a pipeline that cannot be drawn, its problems, and how to go on. */
export function Repair() {
  const { text, pipeline, textProblems, checked, id, locked } = useDocument()
  const draft = useDocument(isDraft)
  const jump = useRef((_line: number, _position: number) => {})
  const ready = (goTo: typeof jump.current) => {
    jump.current = goTo
  }
  const problems = pipeline ? (checked?.problems ?? textProblems) : textProblems
  const code = textProblems[0]?.code ?? ''
  const newer = code === 'newer-version'
  const empty = pipeline === null && /^[\s{}]*$/.test(text)
  const type = (next: string) => setText(words.editStep, withEnds(next, text), 'repair')
  return (
    <section className="repair" aria-label={words.region}>
      <header className="repair-head">
        <h1>{pipeline ? words.asText : titleOf(code)}</h1>
        <p className="soft">{pipeline ? words.textHelp : newer ? words.newerHelp : words.help}</p>
        <div className="repair-actions">
          <button
            type="button"
            className="button"
            disabled={!draft || locked !== null}
            title={locked ?? undefined}
            onClick={() => void saveDocument()}
          >
            {words.save}
          </button>
          <button type="button" className="button primary" disabled={pipeline === null} onClick={showGraph}>
            {words.draw}
          </button>
          {empty && (
            <button type="button" className="button" onClick={() => begin(id ?? 'pipeline')}>
              {words.startEmpty}
            </button>
          )}
          <button type="button" className="button" onClick={() => goTo('start')}>
            {words.back}
          </button>
        </div>
      </header>
      <TextEditor text={text} problems={problems} onChange={type} onReady={ready} />
      <aside className="repair-problems" aria-label={words.problems(problems.length)}>
        <h2 aria-live="polite">{problems.length ? words.problems(problems.length) : words.noProblems}</h2>
        <ul>
          {problems.slice(0, 200).map((problem, i) => (
            <li key={`${i} ${problem.code}`}>
              <ProblemLine problem={problem} onJump={(line, position) => jump.current(line, position)} />
            </li>
          ))}
        </ul>
      </aside>
    </section>
  )
}

function ProblemLine({ problem, onJump }: { problem: Problem; onJump: (line: number, position: number) => void }) {
  const { severity, message, hint, place } = problem
  const { line, position = 1 } = place
  const Icon = severity === 'error' ? CircleAlert : TriangleAlert
  return (
    <button
      type="button"
      className="repair-problem"
      data-severity={severity}
      disabled={line === undefined}
      title={line === undefined ? undefined : words.goToLine(line)}
      onClick={() => line !== undefined && onJump(line, position)}
    >
      <Icon size={15} aria-label={severity} />
      <span>
        <span className="repair-message">{place.node ? `${place.node}: ${message}` : message}</span>
        {hint && <span className="soft repair-hint">{hint}</span>}
        {line !== undefined && <span className="data soft">{words.line(line)}</span>}
      </span>
    </button>
  )
}

const titles: { readonly [code: string]: string } = words.titles
const titleOf = (code: string): string => titles[code] ?? words.titles.other

/** The text with the line ends that the file has. */
const withEnds = (next: string, before: string): string =>
  before.includes('\r\n') ? next.replace(/\r?\n/g, '\r\n') : next

function begin(id: string): void {
  const name = id.replace(/^.*\//, '').replace(/\.json$/, '')
  setText(words.startEmptyStep, formatPipeline({ headrace: 1, name, settings: {}, nodes: {}, edges: [] }))
  showGraph()
}
