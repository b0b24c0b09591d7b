import { screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test } from 'vitest';
import { stateMeanings } from '../src/features/help/topics';
import { uninstall } from '../src/ipc/mock';
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
