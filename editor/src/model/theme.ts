import { useView } from './view.ts'

const dark = window.matchMedia('(prefers-color-scheme: dark)')

/** Keeps the page's colours as the reader chose them, or as the system has them. */
export function followTheme(): void {
  const apply = () => {
    const { theme } = useView.getState()
    document.documentElement.dataset['theme'] = theme === 'system' ? (dark.matches ? 'dark' : 'light') : theme
  }
  apply()
  dark.addEventListener('change', apply)
  useView.subscribe(apply)
}
