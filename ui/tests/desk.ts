/** The whole window over the made-up engine, at a screen. */
import { render } from '@testing-library/svelte';
import App from '../src/app/App.svelte';
import { install, type Scenario } from '../src/ipc/mock';
import { router, type Screen } from '$shared/router.svelte';
import { EVERYTHING, session } from '$shared/session.svelte';

export async function open(scenario: Scenario, at: Screen = 'overview', run?: string): Promise<void> {
  await install(scenario);
  Object.assign(session, {
    overview: null,
    problem: null,
    progress: null,
    end: null,
    starting: false,
    period: EVERYTHING,
  });
  router.replace(at, run);
  render(App);
  await session.open();
}
