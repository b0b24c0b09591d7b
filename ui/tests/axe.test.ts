/**
 * Runs axe-core over every screen of the table. Contrast is checked in the real window (tests/e2e), because nothing
 * is painted here.
 */
import axe from 'axe-core';
import { cleanup, fireEvent, render, screen as page, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { tick } from 'svelte';
import { afterEach, beforeEach, expect, test } from 'vitest';
import App from '../src/app/App.svelte';
import { requests } from '../src/app/requests.svelte';
import { install, uninstall, type Scenario } from '../src/ipc/mock';
import { help } from '$shared/help/help.svelte';
import { router } from '$shared/state/router.svelte';
import { session } from '$shared/state/session.svelte';
import { FRESH } from './window-rig';
import { SCREENS, type Step } from '../scripts/screens.mjs';

// An open menu hangs on its button and belongs to no landmark; axe accepts the same of dialogs.
const APART = 'dialog, [role=dialog], [role=alertdialog], svg, [role=menu]';
axe.configure({ checks: [{ id: 'region', options: { regionMatcher: APART } }] });

beforeEach(() => {
  Object.assign(requests, { quitting: null, workspace: null });
  help.word = null;
});
// The listeners go first, while somebody can still answer them.
afterEach(async () => {
  cleanup();
  await tick();
  uninstall();
});

/** Does one step of the table, as a person does it. */
async function take(step: Step): Promise<void> {
  const [selector, text] = typeof step === 'string' ? [step, null] : step;
  const found = () => document.querySelector<HTMLElement>(`${selector}:not(:disabled)`);
  await waitFor(() => expect(found(), selector).not.toBeNull());
  const element = found() as HTMLElement;
  if (text === null) return void (await userEvent.click(element));
  await userEvent.clear(element);
  await userEvent.type(element, text);
  fireEvent.change(element);
}

test.each(SCREENS)(
  'axe finds nothing on $name',
  async ({ hash, scenario, ready, steps }) => {
    // The same as in index.html.
    document.title = 'Postonce';
    await install(scenario as Scenario);
    Object.assign(session, FRESH);
    location.hash = hash;
    const [, at = '', run] = hash.replace(/^#/, '').split('/');
    router.replace((at || 'overview') as typeof router.route.screen, run);
    render(App);
    await session.open();
    await requests.open();
    for (const step of steps ?? []) await take(step);
    await waitFor(() => expect(document.querySelector(ready)).not.toBeNull());
    const { violations } = await axe.run(document, {
      rules: { 'color-contrast': { enabled: false } },
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    });
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join('\n  ')}`);
    expect(found, page.queryByRole('heading', { level: 1 })?.textContent ?? '').toEqual([]);
  },
  60_000,
);
