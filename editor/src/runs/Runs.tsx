/** The runs of this folder. */
export function Runs() {
  return <div className="runs" />
}
