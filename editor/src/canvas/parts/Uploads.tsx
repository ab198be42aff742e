import { share } from '../../style/numbers.ts'
import { useStage } from '../stage.ts'
import { words } from '../words.ts'

/** Files on their way to the server, each with how far it is. */
export function Uploads() {
  const uploads = useStage((stage) => stage.uploads)
  if (uploads.length === 0) return null
  return (
    <div className="uploads">
      {uploads.map(({ name, share: part }) => (
        <div key={name}>
          <span>{words.uploading(name, share(part))}</span>
          <progress value={part} aria-label={words.uploading(name, share(part))} />
        </div>
      ))}
    </div>
  )
}
