import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';
import { uninstall } from '../src/ipc/mock';
import { hardWords, stateMeanings, topics } from '$shared/help/topics';
import { recordStates } from '$shared/record/states';
import { open } from './window-rig';

afterEach(uninstall);

test('the help explains every state, and is found by its words', async () => {
  await open('idle', 'help');
  const states = within(await screen.findByTestId('help-states'));
  for (const { word } of Object.values(recordStates)) expect(states.getByText(word())).toBeVisible();
  expect(stateMeanings()).toHaveLength(Object.keys(recordStates).length);
  await userEvent.type(screen.getByTestId('help-search'), 'lock machine');
  expect(await screen.findByTestId('help-twice')).toBeVisible();
  expect(screen.queryByTestId('help-keys')).toBeNull();
  await userEvent.type(screen.getByTestId('help-search'), ' zebra');
  expect(await screen.findByTestId('help-nothing')).toBeVisible();
});

test('a hard word is explained beside it, and leads to the page that says more', async () => {
  await open('idle', 'audit');
  const what = await screen.findByRole('button', { name: 'What is “Audit trail”?' });
  what.focus();
  await userEvent.keyboard('{Enter}');
  const dialog = within(await screen.findByTestId('help-dialog'));
  expect(dialog.getByText(/^The list of everything that was done/)).toBeVisible();
  const sought = vi.spyOn(Element.prototype, 'scrollIntoView');
  await userEvent.click(dialog.getByTestId('help-more'));
  expect(await screen.findByTestId('help-auditor')).toBeVisible();
  expect(sought).toHaveBeenCalled();
  expect(screen.queryByTestId('help-dialog')).toBeNull();
});

test('a hard word of a set-up is explained without leaving the form', async () => {
  await open('missing');
  await userEvent.click(await screen.findByTestId('what-workspace'));
  const dialog = within(await screen.findByTestId('help-dialog'));
  expect(dialog.queryByTestId('help-more')).toBeNull();
  await userEvent.click(dialog.getByTestId('dialog-close'));
  await waitFor(() => expect(screen.queryByTestId('help-dialog')).toBeNull());
  expect(screen.getByTestId('begin-setup')).toBeVisible();
});

test('every hard word stands in the help, and leads to a page that is there', async () => {
  await open('idle', 'help');
  const words = within(await screen.findByTestId('help-words'));
  const pages = topics().map(({ id }) => id);
  for (const { word, text, topic } of Object.values(hardWords)) {
    expect(words.getByText(word())).toBeVisible();
    expect(words.getByText(text())).toBeVisible();
    expect(pages).toContain(topic ?? 'words');
  }
});
