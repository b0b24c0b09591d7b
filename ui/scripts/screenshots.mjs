/**
 * Takes pictures of every screen in its states, over the mock: `node screenshots.mjs [SCREEN]`. It uses two
 * languages, two themes and three sizes, and takes the whole page as well where it is longer than the window.
 * POSTONCE_BROWSER names a Chromium, POSTONCE_SCREENSHOTS the folder of the pictures. It fails where a screen never
 * came, where something is cut off or sticks out, and where axe-core finds something.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';
import { Browser } from './browser.mjs';
import { axe, hidden, look } from './look.mjs';
import { SCREENS } from './screens.mjs';

/** The last size is a window of 1280x800 at 200 %. */
const SIZES = [
    { width: 1280, height: 800 },
    { width: 900, height: 600 },
    { width: 640, height: 400, scale: 2 },
];
const LANGUAGES = ['nb', 'en'];
const THEMES = ['light', 'dark'];
const WHOLE_PX_MAX = 6_000;

const folder = process.env.POSTONCE_SCREENSHOTS ?? join(tmpdir(), 'postonce-screenshots');
const wanted = process.argv[2] ?? '';
const screens = SCREENS.filter(({ name }) => name.startsWith(wanted));
if (screens.length === 0)
    throw new Error(`no screen is called ${wanted}; there are ${SCREENS.map((s) => s.name)}`);

const profile = mkdtempSync(join(tmpdir(), 'postonce-browser-'));
const server = await createServer({
    root: fileURLToPath(new URL('..', import.meta.url)),
    logLevel: 'error',
    server: { port: 0, strictPort: false, host: '127.0.0.1', watch: null },
});
await server.listen();
const { port } = server.httpServer.address();
const browser = new Browser(process.env.POSTONCE_BROWSER ?? 'chromium', profile);
const findings = [];
let pictures = 0;

async function keep(name) {
    writeFileSync(join(folder, `${name}.png`), await browser.picture());
    pictures += 1;
}

/** Takes a picture of one window, and one that is long enough to show the whole page. */
async function take(name, size, whole) {
    await browser.size(size);
    const place = `${name}-${size.width}x${size.height}`;
    await keep(place);
    findings.push(...(await look(browser)).map((finding) => `${place}: ${finding}`));
    if (!whole) return;
    const more = Math.min(await hidden(browser), WHOLE_PX_MAX);
    if (more <= 1) return;
    await browser.size({ ...size, height: size.height + more });
    await keep(`${place}-whole`);
}

try {
    mkdirSync(folder, { recursive: true });
    await browser.open();
    await browser.warm(`http://127.0.0.1:${port}/?scenario=${SCREENS[0].scenario}`, SCREENS[0]);
    for (const screen of screens) {
        const address = `http://127.0.0.1:${port}/?scenario=${screen.scenario}`;
        for (const language of LANGUAGES) {
            if (!(await browser.show(address, screen, language, THEMES[0])))
                findings.push(`${screen.name} (${language}): never ready`);
            for (const theme of THEMES) {
                await browser.paint(theme);
                const name = `${screen.name}-${language}-${theme}`;
                // The part out of sight differs in its colours only.
                for (const size of SIZES) await take(name, size, theme === THEMES[0]);
                await browser.size(SIZES[0]);
                findings.push(...(await axe(browser)).map((finding) => `${name}: ${finding}`));
            }
        }
    }
} finally {
    await browser.close();
    await server.close();
    rmSync(profile, { recursive: true, force: true });
}
process.stdout.write(`${pictures} pictures in ${folder}\n`);
if (findings.length > 0) throw new Error(`${findings.length} to be looked at:\n${findings.join('\n')}`);
