import './shared/base.css';
import { mount } from 'svelte';
import App from './app/App.svelte';
import { requests } from './app/requests.svelte';
import { ipc } from './ipc';
import { preferences } from './shared/state/preferences.svelte';
import { program } from './shared/state/program.svelte';
import { session } from './shared/state/session.svelte';
import { zoom } from './shared/state/zoom.svelte';

async function start(): Promise<void> {
  // `npm run dev` in a browser has no engine and gets the mock. The bundle of the product does not contain it.
  if (import.meta.env.DEV && !('__TAURI_INTERNALS__' in window)) await (await import('./ipc/mock')).install();
  await preferences.restore(() => ipc.systemLanguage());
  zoom.restore();
  const target = document.getElementById('app');
  if (target) mount(App, { target });
  void program.ask();
  await session.open();
  await requests.open();
}

void start();
