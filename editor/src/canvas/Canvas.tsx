/** The graph. */
export function Canvas() {
  return <div className="canvas" />
}
