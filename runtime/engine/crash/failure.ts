/** Why a row is rejected that ends the process of the run when a node works on it alone. */
export const crashed = (node: string, signal: string): { readonly code: string; readonly message: string } => ({
  code: 'crashed',
  message: `The row crashed the run's process in ${node} (${signal}).`,
})
