import { Background, ReactFlow, useEdgesState, useNodesState } from '@xyflow/react'
import '@xyflow/react/dist/style.css'
import { createElement, useEffect } from 'react'
import { pictureOf } from './graph.mjs'

/** React Flow's stress example: default nodes and edges, nothing of ours; `live` puts counters into the nodes' labels. */
export const plain = (pipeline, live) => createElement(Plain, { pipeline, live })

function Plain({ pipeline, live }) {
  const [nodes, setNodes, onNodesChange] = useNodesState(nodesOf(pipeline))
  const [edges, setEdges, onEdgesChange] = useEdgesState(edgesOf(pipeline))
  useEffect(() => {
    if (!live) return
    let step = 0
    const timer = setInterval(() => {
      const picture = pictureOf(pipeline, ++step)
      const label = ({ id }) => ({ label: `${id} ${picture.nodes[id].out} out` })
      setNodes((all) => all.map((node) => ({ ...node, data: label(node) })))
      setEdges((all) => all.map((edge) => ({ ...edge, label: `${Math.round(picture.edges[edge.id].rowsPerSecond)}` })))
    }, 250)
    return () => clearInterval(timer)
  }, [pipeline, live, setNodes, setEdges])
  const props = { nodes, edges, onNodesChange, onEdgesChange, fitView: true, minZoom: 0.05 }
  return createElement('div', { style: { height: '100%' } }, createElement(ReactFlow, props, createElement(Background)))
}

const nodesOf = ({ nodes, layout }) =>
  Object.keys(nodes).map((id) => {
    const [x, y] = layout[id]
    return { id, position: { x, y }, data: { label: id }, sourcePosition: 'right', targetPosition: 'left' }
  })

const edgesOf = ({ edges }) => edges.map(({ from, to }) => ({ id: `${from} → ${to}`, source: from, target: to }))
