/** What the list of node types says. */
export const words = {
  label: 'Nodes',
  search: 'Add a node',
  searchHelp: 'Find a node type, Enter adds it',
  none: (query: string) => `No node is called “${query}”.`,
  noneHelp: 'Try what it does: “filter”, “csv”, “embed”.',
  noneFits: 'No node type fits here.',
  fold: 'Hide the list of nodes',
  unfold: 'Show the list of nodes',
  fits: (from: string) => `What fits after ${from}`,
  fitsBefore: (to: string) => `What fits before ${to}`,
  dragHelp: 'Drag onto the canvas, or Enter to add beside the selected node.',
  own: (file: string) => `Your own: ${file}. It is code and runs with your rights; this page never writes it.`,
  broken: 'Own nodes that cannot be used',
  libraries: 'The libraries of this project',
  loading: 'Asking the server for the node types …',
}
