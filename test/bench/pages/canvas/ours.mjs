import { createElement } from 'react'
import { Canvas } from '../../../../editor/src/canvas/Canvas.tsx'
import { openDocument, useDocument } from '../../../../editor/src/model/document.ts'
import { useLibrary } from '../../../../editor/src/model/library.ts'
import { useLive } from '../../../../editor/src/model/live.ts'
import { useView } from '../../../../editor/src/model/view.ts'
import '../../../../editor/src/style/tokens.css'
import '../../../../editor/src/style/base.css'
import { pictureOf } from './graph.mjs'

const kinds = { sources: 'source', transforms: 'transform', models: 'model', sinks: 'sink' }

/** The editor's canvas with its stores filled as the server would fill them. */
export function ours(pipeline, live) {
  const names = [...new Set(Object.values(pipeline.nodes).map(({ type }) => type))]
  const type = (name) => ({ type: name, kind: kinds[name.split('/')[0]], title: name, description: '', examples: [] })
  useLibrary.setState({ nodes: names.map(type) })
  useView.setState({ place: 'pipeline' })
  openDocument({ id: 'stress.json', file: '', text: JSON.stringify(pipeline), version: '', draft: null })
  useDocument.setState({ checked: checkOf(pipeline) })
  if (live) {
    useLive.setState({ run: { id: 'run', status: 'running' } })
    let step = 0
    setInterval(() => useLive.setState({ picture: pictureOf(pipeline, ++step) }), 250)
  }
  return createElement(Canvas)
}

function checkOf({ nodes, edges }) {
  const columns = ['id', 'name', 'price', 'text', 'vector'].map((name) => ({ name, type: 'string' }))
  const views = Object.entries(nodes).map(([id, { type }]) => {
    const ports = type.startsWith('sinks/') ? [] : ['']
    return [id, { summary: type, detected: {}, rows: null, input: columns, output: columns, ports, state: 'on' }]
  })
  const live = ({ from, to }) => [`${from} → ${to}`]
  return { problems: [], nodes: Object.fromEntries(views), edges: edges.map((edge) => ({ columns, live: live(edge) })) }
}
