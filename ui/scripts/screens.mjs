/**
 * Every screen in its states: the one table that pictures are made from, and that the accessibility tests walk through.
 * `hash` is its address, `scenario` what the made-up engine shows; `ready` is there when it may be looked at; `steps` are
 * clicked in their order first, each a CSS selector.
 */
const on = (testid) => `[data-testid="${testid}"]`;

export const SCREENS = [
    { name: 'overview-normal', hash: '#/overview', scenario: 'idle', ready: on('answer') },
    { name: 'overview-empty', hash: '#/overview', scenario: 'first', ready: on('answer') },
    { name: 'overview-running', hash: '#/overview', scenario: 'running', ready: on('progress') },
    { name: 'overview-error', hash: '#/overview', scenario: 'down', ready: on('connection-problem') },
    {
        name: 'overview-lock',
        hash: '#/overview',
        scenario: 'lock',
        ready: on('lock-held'),
        steps: [on('sync-now')],
    },
    { name: 'overview-waiting', hash: '#/overview', scenario: 'waiting', ready: on('waiting') },
    { name: 'history-normal', hash: '#/history', scenario: 'idle', ready: on('history') },
    { name: 'history-empty', hash: '#/history', scenario: 'first', ready: on('history-empty') },
    {
        name: 'history-much',
        hash: '#/history/0199a3c2-7b41-7c10-9f02-5d1be2c07a11',
        scenario: 'idle',
        ready: on('run-detail'),
    },
    { name: 'attention-much', hash: '#/attention', scenario: 'idle', ready: on('attention-item') },
    { name: 'attention-empty', hash: '#/attention', scenario: 'first', ready: 'h1' },
    { name: 'attention-approval', hash: '#/attention', scenario: 'approval', ready: on('attention-item') },
    { name: 'audit-normal', hash: '#/audit', scenario: 'idle', ready: on('audit-entry') },
    { name: 'audit-empty', hash: '#/audit', scenario: 'first', ready: on('audit-empty') },
    {
        name: 'audit-open',
        hash: '#/audit',
        scenario: 'idle',
        ready: on('audit-detail'),
        steps: ['[data-act="settings_changed"] button'],
    },
    {
        name: 'audit-whole',
        hash: '#/audit',
        scenario: 'idle',
        ready: on('verdict'),
        steps: [on('audit-verify')],
    },
    {
        name: 'audit-error',
        hash: '#/audit',
        scenario: 'tampered',
        ready: on('findings'),
        steps: [on('audit-verify')],
    },
    { name: 'settings-normal', hash: '#/settings', scenario: 'idle', ready: on('about') },
    {
        name: 'settings-compare',
        hash: '#/settings',
        scenario: 'differs',
        ready: on('differences'),
        steps: [on('ledger-compare'), on('compare-start')],
    },
    {
        name: 'settings-rebuild',
        hash: '#/settings',
        scenario: 'idle',
        ready: on('rebuild-dialog'),
        steps: [on('ledger-rebuild')],
    },
    {
        name: 'settings-licences',
        hash: '#/settings',
        scenario: 'idle',
        ready: on('licences'),
        steps: [on('about-licences')],
    },
    { name: 'first-start', hash: '', scenario: 'missing', ready: 'h1' },
    { name: 'broken', hash: '', scenario: 'broken', ready: on('workspace-problem') },
    { name: 'damaged', hash: '', scenario: 'damaged', ready: on('ledger-rebuild') },
];
