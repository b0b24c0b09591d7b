import { fileURLToPath } from 'node:url';
import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  plugins: [
    paraglideVitePlugin({
      project: './project.inlang',
      outdir: './src/paraglide',
      strategy: ['globalVariable', 'baseLocale'],
    }),
    svelte(),
    svelteTesting(),
  ],
  resolve: {
    alias: {
      $ipc: at('./src/ipc/index.ts'),
      $shared: at('./src/shared'),
      $messages: at('./src/paraglide/messages.js'),
      $paraglide: at('./src/paraglide'),
    },
  },
  clearScreen: false,
  server: { port: 5173, strictPort: true },
  // The oldest web views: WebKitGTK of Debian 12, WKWebView of macOS 14, WebView2.
  build: { target: ['safari17', 'chrome120'], chunkSizeWarningLimit: 600, reportCompressedSize: false },
  test: {
    environment: 'jsdom',
    setupFiles: ['./tests/setup.ts'],
    include: ['tests/**/*.test.ts'],
    restoreMocks: true,
    // Without it, one core of two stands idle.
    maxWorkers: '100%',
    // A busy machine takes its time for a whole window.
    testTimeout: 30_000,
  },
});
