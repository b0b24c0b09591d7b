/**
 * Checks that the keyboard focus is visible: goes through every screen of the table with the tab key, with and
 * without forced colours, and names each element that has the focus and does not show it. `node focus.mjs [SCREEN]`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';
import { Browser } from './browser.mjs';
import { SCREENS } from './screens.mjs';

const STEPS_MAX = 60;
const TAB = 9;

/**
 * Runs in the page: finds the element that has the focus, and whether a ring is drawn around it or around its label.
 */
function ring() {
    const element = document.activeElement;
    if (!element || element === document.body) return null;
    const stands = [
        element,
        element.nextElementSibling,
        element.closest('label'),
        element.parentElement,
    ].filter(Boolean);
    const shown = stands.some((each) => {
        const { outlineStyle, outlineWidth } = getComputedStyle(each);
        return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
    });
    const box = element.getBoundingClientRect();
    const hidden = box.bottom <= 0 || box.top >= innerHeight;
    const name = element.dataset.testid ?? element.outerHTML.slice(0, 80);
    return { name, shown, hidden };
}

const profile = mkdtempSync(join(tmpdir(), 'postonce-browser-'));
const root = fileURLToPath(new URL('..', import.meta.url));
const server = await createServer({
    root,
    logLevel: 'error',
    server: { port: 0, host: '127.0.0.1', watch: null },
});
await server.listen();
const browser = new Browser(process.env.POSTONCE_BROWSER ?? 'chromium', profile);
const findings = new Set();
let seen = 0;
try {
    await browser.open();
    const { port } = server.httpServer.address();
    await browser.warm(`http://127.0.0.1:${port}/?scenario=${SCREENS[0].scenario}`, SCREENS[0]);
    for (const screen of SCREENS.filter(({ name }) => name.startsWith(process.argv[2] ?? ''))) {
        await browser.show(`http://127.0.0.1:${port}/?scenario=${screen.scenario}`, screen, 'nb', 'light');
        for (const forced of ['none', 'active']) {
            await browser.media({ 'forced-colors': forced });
            for (let step = 0; step < STEPS_MAX; step += 1) {
                await browser.press('Tab', TAB);
                const found = await browser.run(`(${ring})()`);
                if (!found) break;
                seen += 1;
                if (!found.shown) findings.add(`${screen.name}: ${found.name} shows no ring (${forced})`);
                if (found.hidden) findings.add(`${screen.name}: ${found.name} is out of sight`);
            }
        }
    }
} finally {
    await browser.close();
    await server.close();
    rmSync(profile, { recursive: true, force: true });
}
process.stdout.write(`${seen} steps of the keyboard\n`);
if (findings.size > 0) throw new Error([...findings].join('\n'));
