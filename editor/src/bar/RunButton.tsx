import { Popover } from '@base-ui/react/popover'
import type { Problem } from '@headrace/runtime/api'
import { useRef } from 'react'
import { goTo } from '../inspector/goal.ts'
import { useDocument } from '../model/document.ts'
import { useMends } from '../model/mend.ts'
import { select } from '../model/selection.ts'
import { ParamsForm } from '../params/ParamsForm.tsx'
import { words as paramWords } from '../params/words.ts'
import { Preparing } from './Preparing.tsx'
import { RunWays } from './RunWays.tsx'
import { askAndStart, dismiss, mendAndRun, run, start, useStarting } from './run.ts'
import { words } from './words.ts'

/** Run, and what is asked or said before it starts: a panel below the button, never over the page. */
export function RunButton() {
  const { state } = useStarting()
  const readable = useDocument(({ pipeline }) => pipeline !== null)
  const anchor = useRef<HTMLButtonElement>(null)
  return (
    <>
      {state === 'starting' && <Preparing />}
      <span className="bar-run">
        <button
          ref={anchor}
          type="button"
          className="button primary"
          disabled={!readable || state === 'starting'}
          title="Ctrl Enter"
          onClick={() => void run()}
        >
          {state === 'starting' ? words.starting : words.run}
        </button>
        <RunWays disabled={!readable || state === 'starting'} />
      </span>
      <Popover.Root
        open={state === 'params' || state === 'ask' || state === 'refused'}
        onOpenChange={(open) => {
          if (!open) dismiss()
        }}
      >
        <Popover.Portal>
          <Popover.Positioner anchor={anchor} side="bottom" align="end" sideOffset={8}>
            <Popover.Popup className="bar-panel">
              {state === 'params' ? <Params /> : state === 'ask' ? <Ask /> : <Refusal />}
            </Popover.Popup>
          </Popover.Positioner>
        </Popover.Portal>
      </Popover.Root>
    </>
  )
}

function Params() {
  return (
    <>
      <Popover.Title className="bar-panel-title">{paramWords.runTitle}</Popover.Title>
      <ParamsForm onDone={() => void askAndStart()} onCancel={dismiss} />
    </>
  )
}

function Ask() {
  const keep = useRef<HTMLInputElement>(null)
  const choose = (what: 'save' | 'draft') => {
    if (keep.current?.checked) useStarting.setState({ always: what })
    void start(what)
  }
  return (
    <>
      <Popover.Title className="bar-panel-title">{words.askTitle}</Popover.Title>
      <Popover.Description className="soft">{words.askHelp}</Popover.Description>
      <label className="bar-always">
        <input ref={keep} type="checkbox" /> {words.always}
      </label>
      <div className="bar-panel-buttons">
        <button type="button" className="button" onClick={() => choose('draft')}>
          {words.runDraft}
        </button>
        <button type="button" className="button primary" onClick={() => choose('save')}>
          {words.saveAndRun}
        </button>
      </div>
    </>
  )
}

function Refusal() {
  const { refusal } = useStarting()
  const problems = refusal?.problems ?? []
  return (
    <>
      <Popover.Title className="bar-panel-title">
        {refusal?.error || problems.length === 0 ? words.refusedTitle : words.mendFirst(problems.length)}
      </Popover.Title>
      {problems.length === 0 && (
        <Popover.Description>
          {refusal?.error} {refusal?.hint && <span className="soft bar-hint">{refusal.hint}</span>}
        </Popover.Description>
      )}
      <ul className="bar-problems">
        {problems.slice(0, 6).map((problem) => (
          <Reason key={`${problem.code} ${problem.place.node} ${problem.place.setting}`} problem={problem} />
        ))}
      </ul>
    </>
  )
}

/** One reason and what mends it; after the mend the run starts. */
function Reason({ problem }: { readonly problem: Problem }) {
  const { node } = problem.place
  const fixes = useMends(problem)
  return (
    <li>
      {node !== undefined && (
        <button
          type="button"
          className="bar-problem-node"
          onClick={() => {
            dismiss()
            select({ nodes: [node] })
          }}
        >
          {node}
        </button>
      )}{' '}
      {problem.message} {problem.hint && <span className="soft">{problem.hint}</span>}
      <div className="bar-panel-buttons">
        {fixes.map(({ title, change, choose }) => (
          <button
            key={title}
            type="button"
            className="button"
            onClick={() => {
              if (!choose) return mendAndRun(title, change)
              dismiss()
              goTo(choose.node, choose.setting, true)
            }}
          >
            {title}
          </button>
        ))}
      </div>
    </li>
  )
}
