import { X } from 'lucide-react'
import { useAnnouncement } from './model/announce.ts'
import { useNotices } from './model/notices.ts'
import './notices.css'

const close = (gone: number) =>
  useNotices.setState(({ notices }) => ({ notices: notices.filter(({ id }) => id !== gone) }))

/** Sentences at the foot of the page, and what a screen reader is told. */
export function Notices() {
  const { notices } = useNotices()
  const { told } = useAnnouncement()
  return (
    <>
      <section className="notices" aria-label="Notices">
        {notices.map(({ id, kind, text: sentence, hint, actions }) => (
          <div key={id} className="notice" data-kind={kind}>
            <p>
              {sentence}
              {hint && <span className="soft notice-hint">{hint}</span>}
            </p>
            {actions.map(({ title, run }) => (
              <button
                key={title}
                type="button"
                className="button"
                onClick={() => {
                  close(id)
                  run()
                }}
              >
                {title}
              </button>
            ))}
            <button type="button" className="icon-button" aria-label="Close" onClick={() => close(id)}>
              <X size={14} aria-hidden />
            </button>
          </div>
        ))}
      </section>
      {/* A new element each time: the same sentence twice is read twice. */}
      <div className="visually-hidden" aria-live="polite">
        {told.map(({ id, text }) => (
          <p key={id}>{text}</p>
        ))}
      </div>
    </>
  )
}
