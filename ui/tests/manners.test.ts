import { emit } from '@tauri-apps/api/event';
import { cleanup, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { tick } from 'svelte';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { desk } from '../src/app/wanted.svelte';
import { ipc, ProblemError, type Connection, type Wanted } from '../src/ipc';
import { uninstall, type Scenario } from '../src/ipc/mock';
import type { MockSetup } from '../src/ipc/mock/setup';
import { dialogs } from '$shared/dialogs/dialogs.svelte';
import { router, SCREENS, type Screen } from '$shared/state/router.svelte';
import { EVERYTHING, session } from '$shared/state/session.svelte';
import { shortcutOf } from '$shared/state/shortcuts';
import { open as openScreen } from './desk';

const RUN = '0199a3c2-7b41-7c10-9f02-5d1be2c07a11';

async function open(...where: Parameters<typeof openScreen>): Promise<MockSetup> {
  Object.assign(desk, { quitting: null, workspace: null, problem: null });
  const made = await openScreen(...where);
  await desk.open();
  return made;
}
afterEach(async () => {
  vi.restoreAllMocks();
  dialogs.close();
  cleanup();
  // A dialog lets the page be clicked again a moment after it has closed.
  await waitFor(() => expect(document.body.style.pointerEvents).not.toBe('none'));
  uninstall();
});

describe('the keyboard', () => {
  test('goes to each screen by its number, to the settings by a comma, and into the search', async () => {
    await open('idle');
    const user = userEvent.setup();
    for (const [place, name] of SCREENS.slice(0, 6).entries()) {
      await user.keyboard(`{Control>}${place + 1}{/Control}`);
      await waitFor(() => expect(router.route.screen).toBe(name));
    }
    await user.keyboard('{Control>}5{/Control}');
    await screen.findByTestId('audit-table');
    await user.keyboard('{Control>}f{/Control}');
    expect(screen.getByTestId('audit-search')).toHaveFocus();
    await user.keyboard('{Control>},{/Control}');
    await waitFor(() => expect(router.route.screen).toBe('settings'));
  });

  test('begins a sync from anywhere, and shows it', async () => {
    await open('idle', 'settings');
    await userEvent.keyboard('{Control>}{Enter}{/Control}');
    expect(await screen.findByTestId('progress')).toBeVisible();
    expect(router.route.screen).toBe('overview');
  });

  test('leaves a dialog alone', async () => {
    await open('idle', 'settings');
    await userEvent.click(await screen.findByTestId('ledger-compare'));
    await screen.findByRole('dialog');
    await userEvent.keyboard('{Control>}1{/Control}');
    expect(router.route.screen).toBe('settings');
  });

  test.each<Wanted>([{ kind: 'sync' }, { kind: 'screen', screen: 'overview' }, { kind: 'search' }])(
    'leaves a dialog alone by way of the menu as well: $kind',
    async (wanted) => {
      await open('idle', 'records');
      dialogs.open({ kind: 're-export', recordId: 'PM-2026-00417' });
      await userEvent.type(await screen.findByTestId('reason'), 'Voided by mistake');
      const synced = vi.spyOn(ipc, 'startSync');
      await emit('wanted-asked', wanted);
      expect(screen.getByTestId('reason')).toHaveFocus();
      expect(screen.getByTestId('reason')).toHaveValue('Voided by mistake');
      expect(router.route.screen).toBe('records');
      expect(synced).not.toHaveBeenCalled();
      expect(session.running).toBe(false);
    },
  );

  test('is told in tooltips', async () => {
    await open('idle');
    expect(screen.getByTestId('nav-audit')).toHaveAttribute('title', 'Audit trail (Ctrl+5)');
    expect(screen.getByTestId('nav-settings')).toHaveAttribute('title', 'Settings (Ctrl+,)');
    expect(screen.getByTestId('sync-now')).toHaveAttribute('title', 'Sync Now (Ctrl+Enter)');
    for (const [place, testid] of [
      ['history', 'history-text'],
      ['records', 'records-text'],
      ['audit', 'audit-search'],
    ] as const) {
      router.replace(place);
      expect(await screen.findByTestId(testid)).toHaveAttribute('title', 'Search (Ctrl+F)');
    }
  });

  test('means nothing of ours with other keys', () => {
    for (const keys of [
      { key: '1' },
      { key: '1', ctrlKey: true, altKey: true },
      { key: '9', ctrlKey: true },
      { key: '0', ctrlKey: true },
      { key: 'c', ctrlKey: true },
    ]) {
      expect(shortcutOf(new KeyboardEvent('keydown', keys))).toBeNull();
    }
  });
});

describe('from outside', () => {
  test('a link to a run opens it in the history', async () => {
    await open('idle');
    await emit('wanted-asked', { kind: 'run', runId: RUN });
    await waitFor(() => expect(router.route).toMatchObject({ screen: 'history', run: RUN }));
    expect(await screen.findByTestId('run-detail')).toBeVisible();
  });

  test('a screen that there is not is not gone to', async () => {
    await open('idle', 'audit');
    await emit('wanted-asked', { kind: 'screen', screen: 'nowhere' });
    await screen.findByTestId('audit-table');
    expect(router.route.screen).toBe('audit');
  });

  test('what was asked for before the page was there is done when it is', async () => {
    vi.spyOn(ipc, 'wantedAtStart').mockResolvedValue({ kind: 'screen', screen: 'audit' });
    await open('idle');
    expect(await screen.findByTestId('audit-table')).toBeVisible();
  });

  test('another workspace is told of, and opened only when that is wanted', async () => {
    await open('idle');
    const opened = vi.spyOn(ipc, 'openWorkspace').mockResolvedValue(null as never);
    await emit('wanted-asked', { kind: 'workspace', path: '/srv/another' });
    expect(await screen.findByTestId('other-workspace')).toHaveTextContent('/srv/another');
    await userEvent.click(screen.getByTestId('dialog-cancel'));
    await waitFor(() => expect(screen.queryByTestId('other-workspace')).toBeNull());
    expect(opened).not.toHaveBeenCalled();
    await emit('wanted-asked', { kind: 'workspace', path: '/srv/another' });
    await userEvent.click(await screen.findByTestId('other-workspace-open'));
    await waitFor(() => expect(screen.queryByTestId('other-workspace')).toBeNull());
    expect(opened).toHaveBeenCalledExactlyOnceWith('/srv/another');
  });
});

describe('another workspace', () => {
  async function change(): Promise<void> {
    await emit('wanted-asked', { kind: 'workspace', path: '/srv/another' });
    await userEvent.click(await screen.findByTestId('other-workspace-open'));
    await waitFor(() => expect(session.ready?.path).toBe('/srv/another'));
    await waitFor(() => expect(screen.queryByTestId('other-workspace')).toBeNull());
  }

  test('shows nothing of the one before on the overview', async () => {
    await open('done');
    session.period = { from: '2026-11-01', to: '2026-11-30' };
    expect(await screen.findByTestId('result')).toBeVisible();
    expect(screen.getByTestId('period-chosen')).toBeVisible();
    const months = vi.spyOn(ipc, 'exportedByMonth');
    const next = vi.spyOn(ipc, 'nextRun');
    await change();
    expect(screen.queryByTestId('result')).toBeNull();
    expect(screen.queryByTestId('period-chosen')).toBeNull();
    expect(session.period).toEqual(EVERYTHING);
    expect(months).toHaveBeenCalled();
    expect(next).toHaveBeenCalled();
  });

  test('closes the run and the record that were open', async () => {
    await open('idle', 'history', RUN);
    await screen.findByTestId('run-detail');
    dialogs.open({ kind: 'story', recordId: 'PM-2026-00417' });
    await screen.findByTestId('story-dialog');
    await change();
    expect(dialogs.asked).toBeNull();
    expect(router.route).toMatchObject({ screen: 'history', run: null });
  });

  test.each<[Scenario, Screen]>([
    ['missing', 'overview'],
    ['broken', 'overview'],
    ['broken', 'setup'],
  ])('is opened at once where the one in use is %s (%s)', async (scenario, at) => {
    const { path } = await open(scenario, at);
    expect(path).not.toBe('/srv/another');
    await emit('wanted-asked', { kind: 'workspace', path: '/srv/another' });
    expect(await screen.findByTestId('answer')).toBeVisible();
    expect(session.ready?.path).toBe('/srv/another');
    expect(screen.queryByTestId('other-workspace')).toBeNull();
  });

  test('that cannot be opened is told of where there is none in use', async () => {
    await open('missing');
    const problem = { code: 'workspace_missing', params: { path: '/srv/nowhere' } } as const;
    vi.spyOn(ipc, 'openWorkspace').mockRejectedValue(new ProblemError(problem));
    await emit('wanted-asked', { kind: 'workspace', path: '/srv/nowhere' });
    expect(await screen.findByTestId('wanted-problem')).toHaveTextContent('/srv/nowhere');
    expect(screen.getByTestId('make-practice')).toBeEnabled();
  });

  test('has its own settings, and what was typed for the one before is not saved into it', async () => {
    await open('idle', 'settings');
    await userEvent.click(await screen.findByTestId('change-posting'));
    const read = vi.spyOn(ipc, 'settings');
    await change();
    expect(read).toHaveBeenCalled();
    await waitFor(() => expect(screen.getByTestId('section-posting')).toHaveAttribute('data-open', 'false'));
    expect(screen.getByTestId('workspace-path')).toHaveTextContent('/srv/another');
  });

  test('is not told to be connected as the one before was, however late that answers', async () => {
    let late: (connection: Connection) => void = () => undefined;
    await open('idle');
    const connection = await ipc.connection();
    vi.spyOn(ipc, 'connection').mockReturnValueOnce(new Promise((done) => (late = done)));
    const asking = session.ask();
    await change();
    await waitFor(() => expect(session.reach.kind).toBe('reached'));
    late({ ...connection, organisationName: 'The one before' });
    await asking;
    await tick();
    expect(screen.getByTestId('frame-facts')).not.toHaveTextContent('The one before');
  });
});

describe('quitting while a sync is on', () => {
  test('asks; Escape and the first button keep syncing', async () => {
    await open('running');
    const quit = vi.spyOn(ipc, 'stopAndQuit');
    await emit('wanted-asked', { kind: 'quit', on: 'sync' });
    expect(await screen.findByTestId('quit-dialog')).toHaveTextContent('what is on its way is settled first');
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByTestId('quit-dialog')).toBeNull());
    await emit('wanted-asked', { kind: 'quit', on: 'sync' });
    await userEvent.click(await screen.findByTestId('quit-keep'));
    await waitFor(() => expect(screen.queryByTestId('quit-dialog')).toBeNull());
    expect(quit).not.toHaveBeenCalled();
    expect(session.running).toBe(true);
  });

  test('stops safely once, and says that it settles what is on its way', async () => {
    await open('running');
    const quit = vi.spyOn(ipc, 'stopAndQuit').mockReturnValue(new Promise(() => undefined));
    await emit('wanted-asked', { kind: 'quit', on: 'sync' });
    const dialog = await screen.findByTestId('quit-dialog');
    await userEvent.click(within(dialog).getByTestId('quit-stop'));
    await userEvent.click(within(dialog).getByTestId('quit-stop'));
    await userEvent.keyboard('{Escape}');
    expect(dialog).toHaveTextContent('Postonce quits by itself');
    expect(quit).toHaveBeenCalledTimes(1);
  });
});

describe('quitting while something else is on', () => {
  test.each([
    ['compare', 'a comparison only reads'],
    ['rebuild', 'the ledger in use stays as it is'],
  ] as const)('says what a %s loses by it', async (on, words) => {
    await open('idle');
    await emit('wanted-asked', { kind: 'quit', on });
    expect(await screen.findByTestId('quit-dialog')).toHaveTextContent(words);
    expect(screen.getByTestId('quit-keep')).toHaveTextContent('Let it go on');
  });
});

describe('this computer', () => {
  test('keeps what is chosen, and takes back what it refuses', async () => {
    await open('down', 'settings');
    const tray = await screen.findByTestId('desktop-keepInTray');
    await userEvent.click(tray);
    await waitFor(() => expect(tray).toBeChecked());
    const autostart = screen.getByTestId('desktop-autostart');
    await userEvent.click(autostart);
    expect(await screen.findByText(/The computer did not allow this: autostart/)).toBeVisible();
    expect(autostart).not.toBeChecked();
  });

  test('has a version and a log folder, and the licences of what it is made with', async () => {
    await open('idle', 'settings');
    expect(await screen.findByTestId('about-version')).toHaveTextContent('0.1.0');
    await userEvent.click(screen.getByTestId('about-licences'));
    const dialog = await screen.findByTestId('licences-dialog');
    await userEvent.type(await within(dialog).findByTestId('licences-filter'), 'rusqlite');
    expect(within(dialog).getByRole('row', { name: /^rusqlite .* MIT$/ })).toBeVisible();
  });
});
