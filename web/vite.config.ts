import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Nothing inline and nothing from elsewhere: the page must work under `default-src 'self'`. */
const config = defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: '../dist/console',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
    // One file, from the server beside which it runs, that is kept by its hash: parts of it would be more requests for nothing.
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: { '/api': 'http://127.0.0.1:7080' } },
});

// Vite reads its configuration from the default export.
export { config as default };
