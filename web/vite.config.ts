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
    // Which rule of two holds goes by their order: it must not go by which page was visited first.
    cssCodeSplit: false,
    rolldownOptions: {
      // What pages share is one file, not a request for each button.
      output: { codeSplitting: { groups: [{ name: 'parts', test: /\/web\/src\/(?:parts|api)\//, minSize: 0 }] } },
    },
  },
  // The guides lie beside this folder.
  server: { proxy: { '/api': 'http://127.0.0.1:7080' }, fs: { allow: ['..'] } },
});

// Vite reads its configuration from the default export.
export { config as default };
