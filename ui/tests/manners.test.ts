import { emit } from '@tauri-apps/api/event';
import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { tick } from 'svelte';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { requests } from '../src/app/requests.svelte';
import { ipc, ProblemError, type Connection, type Wanted } from '../src/ipc';
import { uninstall, type Scenario } from '../src/ipc/mock';
import type { MockSetup } from '../src/ipc/mock/setup';
import { dialogs } from '$shared/dialogs/dialogs.svelte';
import { router, SCREENS, type Screen } from '$shared/state/router.svelte';
import { EVERYTHING, session } from '$shared/state/session.svelte';
import { shortcutOf } from '$shared/state/shortcuts';
import { zoom } from '$shared/state/zoom.svelte';
import { open as openScreen } from './window-rig';

const RUN = '0199a3c2-7b41-7c10-9f02-5d1be2c07a11';

async function open(...where: Parameters<typeof openScreen>): Promise<MockSetup> {
  Object.assign(requests, { quitting: null, workspace: null, problem: null });
  const made = await openScreen(...where);
  await requests.open();
  return made;
}
afterEach(async () => {
  vi.restoreAllMocks();
  dialogs.close();
  cleanup();
  // After it has closed, a dialog blocks clicks on the page for a moment.
  await waitFor(() => expect(document.body.style.pointerEvents).not.toBe('none'));
  uninstall();
});

describe('the size of everything', () => {
  afterEach(() => zoom.by(0));

  test('follows the keys and the menu, and is remembered', async () => {
    await open('idle');
    const drawn = vi.spyOn(ipc, 'setZoom');
    const user = userEvent.setup();
    await user.keyboard('{Control>}+{/Control}');
    await emit('wanted-asked', { kind: 'zoom', steps: 1 });
    expect(drawn.mock.calls).toEqual([[110], [125]]);
    zoom.percent = 100;
    zoom.restore();
    expect(zoom.percent).toBe(125);
    await user.keyboard('{Control>}-{/Control}');
    expect(zoom.percent).toBe(110);
    await user.keyboard('{Control>}0{/Control}');
    expect(zoom.percent).toBe(100);
  });

  test('follows the wheel with the control key alone, and ends somewhere', async () => {
    await open('idle');
    await fireEvent.wheel(window, { deltaY: -100 });
    expect(zoom.percent).toBe(100);
    for (let turn = 0; turn < 20; turn += 1) await fireEvent.wheel(window, { deltaY: -100, ctrlKey: true });
    expect(zoom.percent).toBe(200);
    for (let turn = 0; turn < 20; turn += 1) await fireEvent.wheel(window, { deltaY: 100, ctrlKey: true });
    expect(zoom.percent).toBe(75);
  });
});

describe('the keyboard', () => {
  test('goes to each screen by its number, and to the settings and the search', async () => {
    await open('idle');
    const user = userEvent.setup();
    for (const [place, name] of SCREENS.entries()) {
      await user.keyboard(`{Control>}${place + 1}{/Control}`);
      await waitFor(() => expect(router.route.screen).toBe(name));
    }
    await user.keyboard('{Control>}6{/Control}');
    await screen.findByTestId('audit-table');
    await user.keyboard('{Control>}f{/Control}');
    expect(screen.getByTestId('audit-search')).toHaveFocus();
    await user.keyboard('{Control>},{/Control}');
    await waitFor(() => expect(router.route.screen).toBe('settings'));
  });

  test('begins a sync on every screen, and shows it', async () => {
    await open('idle', 'settings');
    await userEvent.keyboard('{Control>}{Enter}{/Control}');
    expect(await screen.findByTestId('progress')).toBeVisible();
    expect(router.route.screen).toBe('overview');
  });

  test('does not reach behind a dialog', async () => {
    await open('idle', 'settings');
    await userEvent.click(await screen.findByTestId('ledger-compare'));
    await screen.findByRole('dialog');
    await userEvent.keyboard('{Control>}1{/Control}');
    expect(router.route.screen).toBe('settings');
  });

  test.each<Wanted>([{ kind: 'sync' }, { kind: 'screen', screen: 'overview' }, { kind: 'search' }])(
    'does not reach behind a dialog from the menu: $kind',
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

  test('is known to a screen reader, and hides no neighbour behind a tooltip', async () => {
    await open('idle');
    for (const [testid, keys] of [
      ['nav-audit', 'Control+6'],
      ['nav-settings', 'Control+,'],
      ['sync-now', 'Control+Enter'],
    ] as const) {
      expect(screen.getByTestId(testid)).toHaveAttribute('aria-keyshortcuts', keys);
      expect(screen.getByTestId(testid)).not.toHaveAttribute('title');
    }
    for (const [place, testid] of [
      ['history', 'history-text'],
      ['records', 'records-text'],
      ['audit', 'audit-search'],
    ] as const) {
      router.replace(place);
      expect(await screen.findByTestId(testid)).toHaveAttribute('title', 'Search (Ctrl+F)');
    }
  });

  test('does nothing with other keys', () => {
    for (const keys of [
      { key: '1' },
      { key: '1', ctrlKey: true, altKey: true },
      { key: '9', ctrlKey: true },
      { key: '0', ctrlKey: true, altKey: true },
      { key: 'c', ctrlKey: true },
    ]) {
      expect(shortcutOf(new KeyboardEvent('keydown', keys))).toBeNull();
    }
  });
});

describe('a request from outside', () => {
  test('opens the run of a link in the history', async () => {
    await open('idle');
    await emit('wanted-asked', { kind: 'run', runId: RUN });
    await waitFor(() => expect(router.route).toMatchObject({ screen: 'history', run: RUN }));
    expect(await screen.findByTestId('run-detail')).toBeVisible();
  });

  test('does not open a screen that does not exist', async () => {
    await open('idle', 'audit');
    await emit('wanted-asked', { kind: 'screen', screen: 'nowhere' });
    await screen.findByTestId('audit-table');
    expect(router.route.screen).toBe('audit');
  });

  test('is fulfilled when the page is there, if it came earlier', async () => {
    vi.spyOn(ipc, 'wantedAtStart').mockResolvedValue({ kind: 'screen', screen: 'audit' });
    await open('idle');
    expect(await screen.findByTestId('audit-table')).toBeVisible();
  });

  test('shows another workspace, and opens it only after a yes', async () => {
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

  test('shows nothing of the earlier workspace on the overview', async () => {
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
  ])('is opened at once when the one in use is %s (%s)', async (scenario, at) => {
    const { path } = await open(scenario, at);
    expect(path).not.toBe('/srv/another');
    await emit('wanted-asked', { kind: 'workspace', path: '/srv/another' });
    expect(await screen.findByTestId('answer')).toBeVisible();
    expect(session.ready?.path).toBe('/srv/another');
    expect(screen.queryByTestId('other-workspace')).toBeNull();
  });

  test('says why it cannot be opened when none is in use', async () => {
    await open('missing');
    const problem = { code: 'workspace_missing', params: { path: '/srv/nowhere' } } as const;
    vi.spyOn(ipc, 'openWorkspace').mockRejectedValue(new ProblemError(problem));
    await emit('wanted-asked', { kind: 'workspace', path: '/srv/nowhere' });
    expect(await screen.findByTestId('wanted-problem')).toHaveTextContent('/srv/nowhere');
    expect(screen.getByTestId('make-practice')).toBeEnabled();
  });

  test('has its own settings, without the fields typed for the earlier one', async () => {
    await open('idle', 'settings');
    await userEvent.click(await screen.findByTestId('change-posting'));
    const read = vi.spyOn(ipc, 'settings');
    await change();
    expect(read).toHaveBeenCalled();
    await waitFor(() => expect(screen.getByTestId('section-posting')).toHaveAttribute('data-open', 'false'));
    expect(screen.getByTestId('workspace-path')).toHaveTextContent('/srv/another');
  });

  test('does not show the connection of the earlier one, even when it comes late', async () => {
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
  test('asks first, and goes on after Escape or the first button', async () => {
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

  test('stops once, and says that requests on their way are settled', async () => {
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

describe('quitting during other work', () => {
  test.each([
    ['compare', 'a comparison only reads'],
    ['rebuild', 'the ledger in use stays as it is'],
  ] as const)('says what a %s loses', async (on, words) => {
    await open('idle');
    await emit('wanted-asked', { kind: 'quit', on });
    expect(await screen.findByTestId('quit-dialog')).toHaveTextContent(words);
    expect(screen.getByTestId('quit-keep')).toHaveTextContent('Let it go on');
  });
});

describe('this computer', () => {
  test('keeps a choice, and takes it back when it is refused', async () => {
    await open('down', 'settings');
    const tray = await screen.findByTestId('desktop-keepInTray');
    await userEvent.click(tray);
    await waitFor(() => expect(tray).toBeChecked());
    const autostart = screen.getByTestId('desktop-autostart');
    await userEvent.click(autostart);
    expect(await screen.findByText(/The computer did not allow this: autostart/)).toBeVisible();
    expect(autostart).not.toBeChecked();
  });

  test('shows its version, its log folder and its licences', async () => {
    await open('idle', 'settings');
    expect(await screen.findByTestId('about-version')).toHaveTextContent('0.1.0');
    await userEvent.click(screen.getByTestId('about-licences'));
    const dialog = await screen.findByTestId('licences-dialog');
    await userEvent.type(await within(dialog).findByTestId('licences-filter'), 'rusqlite');
    expect(within(dialog).getByRole('row', { name: /^rusqlite .* MIT$/ })).toBeVisible();
  });
});
