import '@fontsource-variable/inter'
import '@fontsource-variable/jetbrains-mono'
import './style/tokens.css'
import './style/base.css'
import './style/controls.css'
import { createRoot } from 'react-dom/client'
import { boot } from './boot.ts'
import { Page } from './Page.tsx'

createRoot(document.getElementById('page') as HTMLElement).render(<Page />)
void boot()
