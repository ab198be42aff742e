import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// The page is built once and served by `headrace edit`; everything it needs is in dist, nothing comes from elsewhere.
export default defineConfig({
  plugins: [react()],
  base: './',
  build: { outDir: 'dist', emptyOutDir: true, target: 'es2024', assetsInlineLimit: 0, chunkSizeWarningLimit: 1500 },
})
