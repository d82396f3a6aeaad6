import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

// `npm run dev` serves the sources and forwards the API to a running node.
const node = process.env.CALY_API ?? 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [react(), tailwindcss()],
  build: {
    target: 'es2022',
    // Inlined data: fonts and images would need a wider content security policy.
    assetsInlineLimit: 0,
    // The polyfill would be an inline script on old browsers; ours all know modulepreload.
    modulePreload: { polyfill: false },
    // dist/manifest.json tells scripts/size.mjs which chunks a first visit loads.
    manifest: 'manifest.json',
  },
  server: {
    proxy: {
      '/api': node,
      '/ws': { target: node.replace(/^http/, 'ws'), ws: true },
    },
  },
  test: { include: ['tests/**/*.test.ts'], environment: 'node' },
})
