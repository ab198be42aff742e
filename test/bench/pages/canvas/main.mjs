// ?canvas=ours|plain&nodes=300&live=1
import { createElement } from 'react'
import { createRoot } from 'react-dom/client'
import { graphOf } from './graph.mjs'

const asked = new URLSearchParams(location.search)
const pipeline = graphOf(Number(asked.get('nodes')))
const live = asked.get('live') === '1'
document.body.style.margin = '0'
const canvas =
  asked.get('canvas') === 'ours'
    ? (await import('./ours.mjs')).ours(pipeline, live)
    : (await import('./plain.mjs')).plain(pipeline, live)
const page = createElement('div', { style: { display: 'grid', height: '100vh' } }, canvas)
createRoot(document.getElementById('page')).render(page)
