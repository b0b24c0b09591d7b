/** Opens the whole window over the mock, at a screen. */
import { render } from '@testing-library/svelte';
import { expect, vi } from 'vitest';
import App from '../src/app/App.svelte';
import { install, type Scenario } from '../src/ipc/mock';
import type { MockSetup } from '../src/ipc/mock/setup';
import { router, type Screen } from '$shared/state/router.svelte';
import { EVERYTHING, session } from '$shared/state/session.svelte';

/** A session before anything was read; an earlier test may have left its own. */
export const FRESH: Partial<typeof session> = {
  overview: null,
  problem: null,
  progress: null,
  end: null,
  others: null,
  starting: false,
  looking: false,
  lookedAt: null,
  unlooked: null,
  lost: 0,
  period: EVERYTHING,
};

/**
 * Opens the window; `opened` is the run or the record that is open on the screen. Returns the mock of the first start
 * and the settings.
 */
export async function open(
  scenario: Scenario = 'idle',
  at: Screen = 'overview',
  opened?: string,
): Promise<MockSetup> {
  const mock = await install(scenario);
  Object.assign(session, FRESH);
  router.replace(at, opened);
  render(App);
  await session.open();
  // The window reads the source when it opens.
  await vi.waitFor(() => expect(session.looking).toBe(false));
  return mock;
}
