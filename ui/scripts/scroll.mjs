/**
 * Measures how a run of a hundred thousand records opens and scrolls, over the mock: the time from the click until
 * its rows are painted, and the time between frames while it is scrolled, by the steps of the wheel and by leaps.
 * `node scroll.mjs`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';
import { Browser } from './browser.mjs';

const FRAMES = 240;
const STEP_PX = 120;
const ROW = '[data-testid="run-item"]';

const profile = mkdtempSync(join(tmpdir(), 'postonce-browser-'));
const root = fileURLToPath(new URL('..', import.meta.url));
const server = await createServer({
    root,
    logLevel: 'error',
    server: { port: 0, host: '127.0.0.1', watch: null },
});
await server.listen();
const browser = new Browser(process.env.POSTONCE_BROWSER ?? 'chromium', profile);

/** Runs in the page: opens the newest run, and waits until its first rows have been painted. */
async function open(row) {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    const began = performance.now();
    document.querySelector('[data-testid="run-toggle"]').click();
    while (!document.querySelector(row)) await frame();
    await frame();
    return Math.round(performance.now() - began);
}

/** Runs in the page: scrolls once a frame. Returns how long the frames took and the largest number of rows. */
async function scroll(frames, step, leap) {
    const box = document.querySelector('[data-testid="run-items"]');
    const times = [];
    let rows = 0;
    let blank = 0;
    let before = performance.now();
    for (let frame = 0; frame < frames; frame += 1) {
        box.scrollTop = leap ? (box.scrollHeight * ((frame * 37) % 100)) / 100 : box.scrollTop + step;
        await new Promise((done) => requestAnimationFrame(done));
        const now = performance.now();
        times.push(now - before);
        before = now;
        const shown = box.querySelectorAll('[data-testid="run-item"]').length;
        rows = Math.max(rows, shown);
        if (shown === 0) blank += 1;
    }
    times.sort((a, b) => a - b);
    const at = (share) => Math.round(times[Math.floor((times.length - 1) * share)] * 10) / 10;
    return { medianMs: at(0.5), p95Ms: at(0.95), longestMs: at(1), mostRows: rows, framesWithoutRows: blank };
}

try {
    await browser.open();
    const address = `http://127.0.0.1:${server.httpServer.address().port}/?scenario=much`;
    const screen = { hash: '#/history', ready: '[data-testid="run-toggle"]' };
    await browser.warm(address, screen);
    if (!(await browser.show(address, screen, 'nb', 'light'))) throw new Error('the history never came');
    const figures = {
        openMs: await browser.run(`(${open})(${JSON.stringify(ROW)})`),
        wheel: await browser.run(`(${scroll})(${FRAMES}, ${STEP_PX}, false)`),
        leaps: await browser.run(`(${scroll})(${FRAMES}, 0, true)`),
    };
    process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
} finally {
    await browser.close();
    await server.close();
    rmSync(profile, { recursive: true, force: true });
}
