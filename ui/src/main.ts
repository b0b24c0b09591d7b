import './shared/base.css';
import { mount } from 'svelte';
import App from './app/App.svelte';
import { desk } from './app/wanted.svelte';
import { ipc } from './ipc';
import { preferences } from './shared/state/preferences.svelte';
import { program } from './shared/state/program.svelte';
import { session } from './shared/state/session.svelte';

async function start(): Promise<void> {
  // `npm run dev` in a browser has no engine; it gets believable data. The product's bundle does not hold it.
  if (import.meta.env.DEV && !('__TAURI_INTERNALS__' in window)) await (await import('./ipc/mock')).install();
  await preferences.restore(() => ipc.systemLanguage());
  const target = document.getElementById('app');
  if (target) mount(App, { target });
  void program.ask();
  await session.open();
  await desk.open();
}

void start();
