/**
 * Holds every screen in its states. The pictures are made from this table, and the accessibility tests walk through
 * it. `hash` is the address of the screen, `scenario` the data of the mock; the element `ready` is there when the
 * screen may be looked at; the `steps` are done first, in their order: a CSS selector is clicked, a pair of a
 * selector and a text is typed.
 */
const on = (testid) => `[data-testid="${testid}"]`;
const inside = (outer, inner) => `${on(outer)} ${on(inner)}`;
const RUN = '0199a3c2-7b41-7c10-9f02-5d1be2c07a11';
const FAILED_RUN = '0199a3c2-7b41-7c10-9f02-5d1be2c07a08';
const RECORD = 'PM-2026-00417';
const REASON = 'Bilaget ble slettet ved en feil i regnskapet.';

const at = (screen, more = '') => `#/${screen}${more ? `/${more}` : ''}`;
/** Makes a screen of the window. Its name begins with the name of the screen. */
const state = (name, scenario, ready, steps = [], more = '') => ({
    name,
    hash: at(name.split('-')[0], more),
    scenario,
    ready,
    steps,
});
const settings = (name, scenario, ready, steps = []) => state(`settings-${name}`, scenario, ready, steps);
const overview = (name, scenario, ready, steps = []) => state(`overview-${name}`, scenario, ready, steps);

const toConnection = [on('begin-setup')];
const toTested = [
    ...toConnection,
    [on('accounting-url'), 'https://regnskap.example.no/v1'],
    [on('accounting-secret'), 'a-token'],
    on('test-connection'),
];
const toSource = [...toTested, on('setup-next')];
const toRead = [
    ...toSource,
    [on('source-path'), '/home/kari/Nedlastinger/utlegg-november.csv'],
    on('read-file'),
];
const toAccounts = [...toRead, `${on('source-state')}[data-read="true"]`, on('setup-next')];
const toCheck = [...toAccounts, on('setup-next')];
const first = (name, scenario, ready, steps) => ({
    name: `first-${name}`,
    hash: at('setup'),
    scenario,
    ready,
    steps,
});

const reExport = (name, scenario, ready, steps = []) =>
    state(`records-re-export-${name}`, scenario, ready, [on('story-re-export'), ...steps], RECORD);
const filledIn = [
    [on('reason'), REASON],
    [on('confirm-id'), RECORD],
];
const attention = (name, scenario, ready, steps = []) => state(`attention-${name}`, scenario, ready, steps);
const inDoubt = '[data-record="PM-2026-00981"]';

const START = [
    { name: 'first-start', hash: '', scenario: 'missing', ready: on('recent') },
    { name: 'setup-another', hash: at('setup'), scenario: 'idle', ready: on('recent') },
    first('connection', 'missing', on('accounting-url'), toConnection),
    first('connection-found', 'missing', on('connection-found'), toTested),
    first('connection-lacking', 'much', on('connection-missing'), toTested),
    first('connection-error', 'down', on('form-problem'), toTested),
    first('source', 'missing', on('drop'), toSource),
    first('source-read', 'missing', on('sample'), toRead),
    first('source-platform', 'missing', on('platform-url'), [
        ...toSource,
        `${on('source-kind-platform')} input`,
    ]),
    first('source-error', 'missing', on('form-problem'), [
        ...toSource,
        [on('source-path'), '/home/kari/Nedlastinger/utlegg-november.pdf'],
        on('read-file'),
    ]),
    first('accounts', 'missing', on('categories'), toAccounts),
    first('check', 'missing', on('rehearsal'), toCheck),
    first('check-error', 'running', on('setup-problem'), [...toCheck, on('rehearsal'), on('setup-done')]),
];

const OVERVIEW = [
    overview('normal', 'idle', on('months')),
    overview('practice', 'practice', on('practice-band')),
    overview('clear', 'clear', on('months')),
    overview('empty', 'first', on('runs-none')),
    overview('fetch', 'first', on('rebuild-dialog'), [on('fetch')]),
    overview('much', 'much', on('months')),
    overview('running', 'running', on('progress-rate')),
    overview('stopping', 'running', `${on('stop')}:disabled`, [on('stop')]),
    overview('done', 'done', on('result')),
    overview('stopped', 'stopped', on('result')),
    overview('failed', 'failed', on('result')),
    overview('error', 'down', on('connection-problem')),
    overview('error-details', 'down', on('connection-problem'), [`${on('connection-problem')} summary`]),
    overview('lock', 'lock', on('lock-held'), [on('sync-now')]),
    overview('lock-mine', 'lock-mine', on('lock-mine'), [on('sync-now')]),
    overview('lock-here', 'lock-here', on('lock-held'), [on('sync-now')]),
    overview('lock-dead', 'lock-dead', on('lock-dead'), [on('sync-now')]),
    overview('lock-break', 'lock', on('break-lock-dialog'), [
        on('sync-now'),
        `${on('lock-insist')} summary`,
        on('lock-break'),
    ]),
    overview('lock-free', 'lock', on('lock-free'), [
        on('sync-now'),
        `${on('lock-insist')} summary`,
        on('lock-break'),
        [on('reason'), REASON],
        [on('confirm-id'), 'Kari Nordmann'],
        on('dialog-confirm'),
    ]),
    overview('waiting', 'waiting', on('waiting')),
    overview('menu', 'idle', on('dry-run'), [on('sync-menu')]),
    overview('period', 'idle', on('period-dialog'), [on('sync-menu'), on('period-own')]),
    overview('dry-run', 'idle', on('plan-answer'), [on('sync-menu'), on('dry-run')]),
    overview('dry-run-error', 'down', inside('dry-run-dialog', 'problem'), [on('sync-menu'), on('dry-run')]),
];

const HISTORY = [
    state('history-normal', 'idle', on('history')),
    state('history-empty', 'first', on('history-empty')),
    state('history-many', 'much', on('history')),
    state('history-running', 'running', on('history')),
    state('history-much', 'much', on('certificate'), [], RUN),
    state('history-failed-run', 'idle', inside('run-detail', 'problem'), [], FAILED_RUN),
    state(
        'history-held',
        'idle',
        `${on('run-item')}[data-result="held"]`,
        [`${on('filter-held')} span`],
        RUN,
    ),
    state('history-save', 'idle', on('save-run-csv'), [on('save-menu')], RUN),
    state('history-saved', 'idle', on('open-saved'), [on('save-menu'), on('save-run-csv')], RUN),
    state('history-story', 'idle', inside('story-dialog', 'timeline'), [on('open-story')], RUN),
    state('history-filtered', 'idle', on('history-empty'), [[on('history-text'), 'finnes ikke']]),
    state('history-error', 'unread', on('problem')),
];

const RECORDS = [
    state('records-much', 'idle', on('record-row')),
    state('records-empty', 'first', on('records-none')),
    state('records-filtered', 'idle', on('records-none'), [[on('records-text'), 'finnes ikke']]),
    state('records-fault', 'idle', '[aria-invalid="true"]', [[on('records-least'), 'tusen']]),
    state('records-error', 'unread', on('problem')),
    state('records-open', 'idle', on('timeline'), [], RECORD),
    reExport('form', 'idle', on('confirm-id')),
    reExport('filled', 'idle', `${on('dialog-confirm')}:not(:disabled)`, filledIn),
    reExport('reverse', 'idle', on('confirm-id'), [on('reverse')]),
    reExport('short', 'idle', on('confirm-id'), [
        [on('reason'), 'Feil'],
        [on('confirm-id'), 'PM-2026-0041'],
    ]),
    reExport('done', 'idle', on('re-export-done'), [...filledIn, on('dialog-confirm')]),
    reExport('approval', 'approval', on('re-export-waits')),
    reExport('mine', 'mine', on('approval-mine')),
];

const ATTENTION = [
    attention('much', 'idle', on('attention-item')),
    attention('causes', 'much', on('cause')),
    attention('cause-open', 'much', on('cause'), [on('cause-toggle')]),
    attention('sides', 'idle', on('their-side'), [`${inDoubt} ${on('sides')}`]),
    attention('empty', 'first', on('attention-empty')),
    attention('approval', 'approval', on('attention-approvals')),
    attention('asked', 'asked', on('attention-questions')),
    attention('confirm', 'asked', on('confirm-dialog'), [inside('attention-questions', 'confirm')]),
    attention('set-aside', 'asked', on('set-aside-dialog'), [inside('attention-gone', 'set-aside-all')]),
    attention('other-day', 'idle', on('other-day-dialog'), [inside('attention-refused', 'other-day-open')]),
    attention('error', 'unread', on('problem')),
    attention('decide', 'idle', on('decide-voucher'), [`${inDoubt} ${on('decide')}`, on('decide-posted')]),
    attention('decide-error', 'idle', inside('decide-dialog', 'problem'), [
        `${inDoubt} ${on('decide')}`,
        on('decide-posted'),
        on('decide-other'),
        [on('decide-typed'), 'v-10990'],
        [on('reason'), REASON],
        on('dialog-confirm'),
    ]),
    attention('decided', 'idle', on('decision-done'), [
        `${inDoubt} ${on('decide')}`,
        on('decide-posted'),
        on('decide-voucher'),
        [on('reason'), REASON],
        on('dialog-confirm'),
    ]),
    attention('accept-changed', 'idle', on('accept-dialog'), [inside('attention-changed', 'accept')]),
    attention('accept-vanished', 'idle', on('accept-dialog'), [inside('attention-vanished', 'accept')]),
    attention('decline', 'approval', on('decline-dialog'), [inside('attention-approvals', 'decline')]),
];

const AUDIT = [
    state('audit-normal', 'idle', on('audit-entry')),
    state('audit-empty', 'first', on('audit-empty')),
    state('audit-filtered', 'idle', on('audit-empty'), [[on('audit-search'), 'finnes ikke']]),
    state('audit-open', 'idle', on('audit-detail'), ['[data-act="settings_changed"] button']),
    state('audit-whole', 'idle', on('verdict'), [on('audit-verify')]),
    state('audit-tampered', 'tampered', on('findings'), [on('audit-verify')]),
    state('audit-unwitnessed', 'down', on('verdict'), [on('audit-verify')]),
    state('audit-saved', 'idle', on('audit-written'), [on('audit-export')]),
    state('audit-busy', 'running', on('audit-problem'), [on('audit-verify')]),
    state('audit-error', 'unread', on('problem')),
];

const PARTS = ['organisation', 'accounting', 'source', 'posting', 'schedule', 'waiting', 'approval'];
const SETTINGS = [
    settings('normal', 'idle', on('about')),
    settings('practice', 'practice', on('about')),
    settings('error', 'unread', on('settings-unread')),
    ...PARTS.map((part) => settings(part, 'idle', on(`cancel-${part}`), [on(`change-${part}`)])),
    settings('source-more', 'idle', on('ignored-columns'), [
        on('change-source'),
        `${on('columns-more')} summary`,
    ]),
    settings('saved', 'idle', on('settings-saved'), [on('change-approval'), on('save-approval')]),
    settings('refused', 'running', on('settings-problem'), [on('change-approval'), on('save-approval')]),
    settings('desktop-refused', 'down', on('problem'), [on('desktop-autostart')]),
    settings('rules', 'idle', on('rules'), [on('rules-open')]),
    settings('backed-up', 'idle', on('ledger-backed-up'), [on('ledger-backup')]),
    settings('compare', 'idle', on('compare-start'), [on('ledger-compare')]),
    settings('compare-equal', 'idle', on('compare-result'), [on('ledger-compare'), on('compare-start')]),
    settings('compare-differs', 'differs', on('differences'), [on('ledger-compare'), on('compare-start')]),
    settings('compare-error', 'down', on('compare-problem'), [on('ledger-compare'), on('compare-start')]),
    settings('rebuild', 'idle', on('rebuild-dialog'), [on('ledger-rebuild')]),
    settings('rebuilt', 'idle', on('rebuild-done'), [
        on('ledger-rebuild'),
        [on('reason'), REASON],
        [on('confirm-id'), 'Øvingslaget'],
        on('dialog-confirm'),
    ]),
    settings('licences', 'idle', on('licences'), [on('about-licences')]),
];

const FRAME = [
    { name: 'frame-broken', hash: '', scenario: 'broken', ready: on('workspace-problem') },
    { name: 'frame-damaged', hash: '', scenario: 'damaged', ready: on('ledger-rebuild') },
    { name: 'frame-secret', hash: '', scenario: 'secret', ready: on('missing-secret') },
    { name: 'frame-quit', hash: at('overview'), scenario: 'quit', ready: on('quit-dialog') },
    { name: 'frame-other', hash: at('overview'), scenario: 'other', ready: on('other-workspace') },
];

const HELP = [
    {
        name: 'palette',
        hash: '',
        scenario: 'idle',
        ready: on('palette-found'),
        steps: [on('find'), [on('palette-text'), '104']],
    },

    { name: 'help', hash: at('help'), scenario: 'idle', ready: on('help-keys') },
    {
        name: 'help-word',
        hash: at('audit'),
        scenario: 'idle',
        ready: on('help-dialog'),
        steps: [on('what-trail')],
    },
];

const MONTH = [
    state('month-open', 'idle', on('month-accounts')),
    state('month-done', 'clear', on('month-closed')),
    state('month-saved', 'clear', on('month-saved'), [on('month-save')]),
    state('month-none', 'first', on('month-none')),
];

export const SCREENS = [
    ...START,
    ...OVERVIEW,
    ...HISTORY,
    ...RECORDS,
    ...ATTENTION,
    ...MONTH,
    ...AUDIT,
    ...SETTINGS,
    ...HELP,
    ...FRAME,
];
