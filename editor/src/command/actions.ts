import { cancel, copyCommand, run, stop, useStarting } from '../bar/run.ts'
import { words as barWords } from '../bar/words.ts'
import { canvasActions } from '../canvas/actions.ts'
import { drawerActions } from '../drawer/actions.ts'
import { testActions } from '../drawer/tests/actions.ts'
import { isDraft, redo, undo, useDocument } from '../model/document.ts'
import { useLive } from '../model/live.ts'
import { attempt } from '../model/notices.ts'
import { goTo, newPipeline } from '../model/open.ts'
import { runToHere } from '../model/preview.ts'
import { select, useSelection } from '../model/selection.ts'
import { discardDraft, saveDocument } from '../model/sync.ts'
import { show, useView } from '../model/view.ts'
import { showGraph, showText, useRepair } from '../repair/open.ts'
import { useAbout } from './about.ts'
import type { Action } from './action.ts'
import { useCommand } from './state.ts'

const inPipeline = () => useView.getState().place === 'pipeline' && useDocument.getState().id !== null
const running = () => useLive.getState().run?.status === 'running'
const selected = () => useSelection.getState().nodes[0]

const pageActions: readonly Action[] = [
  {
    id: 'run',
    title: 'Run',
    group: 'Run',
    keys: 'Mod+Enter',
    everywhere: true,
    enabled: () => inPipeline() && !running(),
    run: () => void run(),
  },
  {
    id: 'run-new',
    title: barWords.runNew,
    group: 'Pipeline',
    enabled: () => inPipeline() && !running(),
    run: () => void run(true),
  },
  {
    id: 'stop',
    title: 'Stop the run',
    group: 'Run',
    enabled: running,
    run: () => {
      const { run: shown } = useLive.getState()
      if (shown) void stop(shown)
    },
  },
  {
    id: 'cancel-start',
    title: 'Cancel the start of the run',
    group: 'Run',
    enabled: () => useStarting.getState().state === 'starting',
    run: () => void cancel(),
  },
  {
    id: 'run-to-here',
    title: 'Run to here',
    group: 'Run',
    keys: 'Mod+Shift+Enter',
    everywhere: true,
    enabled: () => inPipeline() && selected() !== undefined,
    run: () => {
      const node = selected()
      if (node !== undefined) void runToHere(node)
    },
  },
  {
    id: 'save',
    title: 'Save',
    group: 'Pipeline',
    keys: 'Mod+S',
    everywhere: true,
    enabled: inPipeline,
    run: () => void saveDocument(),
  },
  { id: 'undo', title: 'Undo', group: 'Pipeline', keys: 'Mod+Z', enabled: inPipeline, run: undo },
  { id: 'redo', title: 'Redo', group: 'Pipeline', keys: 'Mod+Shift+Z', enabled: inPipeline, run: redo },
  { id: 'redo-y', title: 'Redo (Ctrl Y)', group: 'Pipeline', keys: 'Mod+Y', enabled: inPipeline, run: redo },
  {
    id: 'discard',
    title: 'Discard the draft',
    group: 'Pipeline',
    enabled: () => inPipeline() && isDraft(useDocument.getState()),
    run: () => void discardDraft(),
  },
  {
    id: 'text',
    title: 'Edit as text',
    group: 'Pipeline',
    enabled: () => inPipeline() && !useRepair.getState().open,
    run: showText,
  },
  {
    id: 'graph',
    title: 'Show the graph',
    group: 'Pipeline',
    enabled: () => inPipeline() && useRepair.getState().open && useDocument.getState().pipeline !== null,
    run: showGraph,
  },
  {
    id: 'copy-command',
    title: 'Copy as command',
    group: 'Pipeline',
    enabled: inPipeline,
    run: () => void attempt('The command could not be copied', () => copyCommand(useAbout.getState().command)),
  },
  {
    id: 'new',
    title: 'New pipeline',
    group: 'Pipeline',
    run: () => void attempt('No pipeline was made', () => newPipeline('pipeline')),
  },
  { id: 'start', title: 'Go to the start', group: 'Go to', run: () => goTo('start') },
  { id: 'runs', title: 'All runs', group: 'Go to', run: () => goTo('runs') },
  {
    id: 'drawer',
    title: 'Show or hide the drawer',
    group: 'View',
    keys: 'Mod+J',
    everywhere: true,
    enabled: inPipeline,
    run: () => show({ drawerOpen: !useView.getState().drawerOpen }),
  },
  {
    id: 'palette',
    title: 'Show or hide the list of nodes',
    group: 'View',
    keys: 'Mod+B',
    everywhere: true,
    enabled: inPipeline,
    run: () => show({ paletteOpen: !useView.getState().paletteOpen }),
  },
  {
    id: 'pipeline-form',
    title: 'Settings and problems of the pipeline',
    group: 'Pipeline',
    enabled: inPipeline,
    run: () => {
      select({})
      show({ pipelineForm: true })
    },
  },
  { id: 'light', title: 'Light colours', group: 'View', run: () => show({ theme: 'light' }) },
  { id: 'dark', title: 'Dark colours', group: 'View', run: () => show({ theme: 'dark' }) },
  { id: 'system', title: 'Colours as the system has them', group: 'View', run: () => show({ theme: 'system' }) },
  {
    id: 'command',
    title: 'Find anything',
    group: 'View',
    keys: 'Mod+K',
    everywhere: true,
    run: () => useCommand.setState({ open: true }),
  },
]

/** Everything that can be done on the page, now or at another time. */
export const everyAction: readonly Action[] = [...pageActions, ...canvasActions, ...drawerActions, ...testActions]

const canBeDone = ({ enabled }: Action): boolean => enabled?.() ?? true

/** Everything that can be done now. */
export const actions = (): readonly Action[] => everyAction.filter(canBeDone)

/** What a press of keys asks for, where that can be done now. */
export const actionOf = (asks: (action: Action) => boolean): Action | undefined =>
  everyAction.find((action) => asks(action) && canBeDone(action))

const menuOf = ['pipeline-form', 'new', 'runs', 'copy-command', 'discard', 'light', 'dark', 'system', 'command']

/** What the bar's menu shows. */
export const menuActions = (): readonly Action[] => actions().filter(({ id }) => menuOf.includes(id))
