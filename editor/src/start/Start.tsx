/** The first thing a reader sees. */
export function Start() {
  return <div className="start" />
}
