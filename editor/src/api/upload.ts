import type { Uploaded } from '@headrace/runtime/api'
import { Refused } from './client.ts'

/**
 * Streams a file into the folder's `data/`. `pipeline`: whose settings the answer's `value` is meant for; '' for none.
 * XMLHttpRequest, since `fetch` cannot say how far an upload is. `progress` gets 0 to 1.
 */
export function upload(file: File, pipeline: string, progress: (share: number) => void = () => {}): Promise<Uploaded> {
  const { promise, resolve, reject } = Promise.withResolvers<Uploaded>()
  const request = new XMLHttpRequest()
  const query = new URLSearchParams({ name: file.name, ...(pipeline && { pipeline }) })
  request.open('POST', `api/files?${query}`)
  request.setRequestHeader('content-type', 'application/octet-stream')
  request.upload.onprogress = ({ loaded, total }) => progress(total ? loaded / total : 0)
  request.onload = () => {
    const body: unknown = JSON.parse(request.responseText || 'null')
    if (request.status < 300)
      resolve(body as Uploaded) // the server's own type
    else reject(new Refused(request.status, body))
  }
  request.onerror = () => reject(new Error('the connection to the server broke'))
  request.send(file)
  return promise
}
