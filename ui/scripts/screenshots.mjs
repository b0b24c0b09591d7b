/**
 * Pictures of every screen in its states, over the made-up engine: `node screenshots.mjs [SCREEN]`. Two languages, two
 * themes, two sizes. POSTONCE_BROWSER is a Chromium, POSTONCE_SCREENSHOTS the folder that they go to.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';
import { Browser } from './browser.mjs';
import { SCREENS } from './screens.mjs';

const SIZES = [
    [1280, 800],
    [900, 600],
];
const folder = process.env.POSTONCE_SCREENSHOTS ?? join(tmpdir(), 'postonce-screenshots');
const wanted = process.argv[2] ?? '';
const screens = SCREENS.filter(({ name }) => name.startsWith(wanted));
if (screens.length === 0)
    throw new Error(`no screen is called ${wanted}; there are ${SCREENS.map((s) => s.name)}`);

const profile = mkdtempSync(join(tmpdir(), 'postonce-browser-'));
const server = await createServer({
    root: fileURLToPath(new URL('..', import.meta.url)),
    logLevel: 'error',
    server: { port: 0, strictPort: false, host: '127.0.0.1' },
});
await server.listen();
const { port } = server.httpServer.address();
const browser = new Browser(process.env.POSTONCE_BROWSER ?? 'chromium', profile);
const missing = [];
try {
    mkdirSync(folder, { recursive: true });
    await browser.open();
    for (const screen of screens) {
        for (const language of ['nb', 'en']) {
            for (const theme of ['light', 'dark']) {
                await browser.show(
                    `http://127.0.0.1:${port}/?scenario=${screen.scenario}`,
                    screen,
                    language,
                    theme,
                );
                if (!(await browser.ready(screen))) missing.push(`${screen.name} (${language}, ${theme})`);
                for (const [width, height] of SIZES) {
                    const name = `${screen.name}-${language}-${theme}-${width}x${height}.png`;
                    writeFileSync(join(folder, name), await browser.picture(width, height));
                }
            }
        }
    }
} finally {
    await browser.close();
    await server.close();
    rmSync(profile, { recursive: true, force: true });
}
process.stdout.write(`${screens.length * SIZES.length * 4} pictures in ${folder}\n`);
if (missing.length > 0) throw new Error(`never ready: ${missing.join('; ')}`);
