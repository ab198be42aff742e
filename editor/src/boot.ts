import type { About } from '@headrace/runtime/api'
import { api } from './api/client.ts'
import { useAbout } from './command/about.ts'
import { followKeys } from './command/keys.ts'
import { followLibrary, loadLibrary } from './model/library.ts'
import { notifyFailure } from './model/notices.ts'
import { followAddress } from './model/open.ts'
import { followPipelines, loadPipelines } from './model/pipelines.ts'
import { followDocument } from './model/preview.ts'
import { subscribeRuns } from './model/runs.ts'
import { followSync } from './model/sync.ts'
import { followTelling } from './model/telling.ts'
import { followTheme } from './model/theme.ts'
import { followRepair } from './repair/open.ts'

/** Brings the page to life: colours, keys, the server's lists, and the pipeline that the address names. */
export async function boot(): Promise<void> {
  followTheme()
  followKeys()
  followPipelines()
  followLibrary()
  subscribeRuns()
  followSync()
  followRepair()
  followDocument()
  followTelling()
  try {
    await Promise.all([loadAbout(), loadLibrary(), loadPipelines()])
    await followAddress()
  } catch (error) {
    notifyFailure('The page could not be filled', error)
  }
}

async function loadAbout(): Promise<void> {
  useAbout.setState(await api.get<About>('about'))
}
