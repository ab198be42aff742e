import { useState } from 'react'
import { attempt } from '../model/notices.ts'
import { newPipeline, openFile, openTemplate } from '../model/open.ts'
import { usePipelines } from '../model/pipelines.ts'
import { DropCard } from './DropCard.tsx'
import { OwnPipelines } from './OwnPipelines.tsx'
import { TemplateCard } from './TemplateCard.tsx'
import { words } from './words.ts'
import './start.css'

/** The first thing a reader sees: examples with real data, a place for an own file, and the folder's pipelines. */
export function Start() {
  const { pipelines, templates } = usePipelines()
  const [doing, setDoing] = useState<string | null>(null)
  const during = async (what: string, work: () => Promise<void>) => {
    setDoing(what)
    await attempt('That did not work', work)
    setDoing(null)
  }
  const take = (file: File) =>
    during(words.uploading(file.name, 0), () => openFile(file, (share) => setDoing(words.uploading(file.name, share))))
  return (
    <main className="start">
      <div className="start-inner">
        <h1>{words.title}</h1>
        <section aria-label={words.templates}>
          <ul className="start-cards">
            {templates.map((template) => (
              <li key={template.name}>
                <TemplateCard
                  template={template}
                  disabled={doing !== null}
                  onOpen={() => void during(words.making(template.title), () => openTemplate(template.name))}
                />
              </li>
            ))}
            <li>
              <DropCard disabled={doing !== null} onFile={(file) => void take(file)} />
            </li>
          </ul>
          <p className="soft start-note" role="status">
            {doing ?? words.templatesHelp}
          </p>
        </section>
        <section>
          <header className="start-own">
            <h2>{words.own}</h2>
            <button
              type="button"
              className="button"
              disabled={doing !== null}
              onClick={() => void during(words.empty, () => newPipeline('pipeline'))}
            >
              {words.empty}
            </button>
          </header>
          {pipelines && <OwnPipelines pipelines={pipelines} />}
        </section>
      </div>
    </main>
  )
}
