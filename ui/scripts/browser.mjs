/** Drives a Chromium without a window over two pipes. It needs no port and no package. */
import { spawn } from 'node:child_process';

const READY_MS_MAX = 20_000;
const SETTLED_MS = 2_000;
const SHOWN_AT = { width: 1280, height: 800 };

export class Browser {
    #program;
    #profile;
    #child;
    #session;
    #last = 0;
    #waiting = new Map();
    #heard = '';

    constructor(program, profile) {
        this.#program = program;
        this.#profile = profile;
    }

    async open() {
        const flags = [
            '--headless=new',
            '--no-sandbox',
            '--disable-gpu',
            '--hide-scrollbars',
            '--no-first-run',
        ];
        this.#child = spawn(
            this.#program,
            [...flags, '--remote-debugging-pipe', `--user-data-dir=${this.#profile}`, 'about:blank'],
            { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
        );
        this.#child.stdio[4].on('data', (bytes) => this.#hear(bytes.toString()));
        const { targetInfos } = await this.#call('Target.getTargets');
        const { targetId } = targetInfos.find(({ type }) => type === 'page');
        this.#session = (await this.#call('Target.attachToTarget', { targetId, flatten: true })).sessionId;
        await this.#call('Page.enable');
        await this.media({});
    }

    async close() {
        if (!this.#child) return;
        const gone = new Promise((done) => this.#child.once('exit', done));
        void this.#call('Browser.close').catch(() => undefined);
        await gone;
    }

    /** Opens a screen in this language and theme, and does its steps. Returns false where the screen never came. */
    async show(address, screen, language, theme) {
        await this.size(SHOWN_AT);
        const chosen = `localStorage.setItem('postonce.language', '${language}');
      localStorage.setItem('postonce.appearance', '${theme}');`;
        const { identifier } = await this.#call('Page.addScriptToEvaluateOnNewDocument', { source: chosen });
        await this.#call('Page.navigate', { url: 'about:blank' });
        await this.#call('Page.navigate', { url: `${address}${screen.hash}` });
        await this.#call('Page.removeScriptToEvaluateOnNewDocument', { identifier });
        for (const step of screen.steps ?? []) if (!(await this.#step(step))) return false;
        return this.#until(screen.ready);
    }

    /**
     * Waits until the server has found all that the pages need. The server loads the page again when it finds
     * something new, and that must not happen while a picture is taken.
     */
    async warm(address, screen) {
        for (let settled = false; !settled;) {
            await this.show(address, screen, 'nb', 'light');
            await this.run('window.shown = true');
            await new Promise((done) => setTimeout(done, SETTLED_MS));
            settled = await this.run('window.shown === true').catch(() => false);
        }
    }

    /**
     * Sets the preferences of the system. Motion is always reduced, so that a picture does not depend on the moment.
     */
    async media(wanted) {
        const features = Object.entries({ 'prefers-reduced-motion': 'reduce', ...wanted });
        await this.#call('Emulation.setEmulatedMedia', {
            features: features.map(([name, value]) => ({ name, value })),
        });
    }

    /** Sets the theme on the page that is open, as the settings do. */
    async paint(theme) {
        await this.run(`document.documentElement.dataset.appearance = '${theme}'`);
    }

    /** Sets the size of the window; `scale` is the zoom. */
    async size({ width, height, scale = 1 }) {
        const metrics = { width, height, deviceScaleFactor: scale, mobile: false };
        await this.#call('Emulation.setDeviceMetricsOverride', metrics);
        await this.frames();
    }

    /** Waits for two frames: everything in the page is painted by then. */
    async frames() {
        await this.run('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    }

    async picture() {
        const { data } = await this.#call('Page.captureScreenshot', { format: 'png' });
        return Buffer.from(data, 'base64');
    }

    /** Evaluates an expression in the page and returns its value. A promise is awaited. */
    async run(expression) {
        const answer = await this.#call('Runtime.evaluate', {
            expression,
            awaitPromise: true,
            returnByValue: true,
        });
        if (answer.exceptionDetails) throw new Error(answer.exceptionDetails.exception?.description);
        return answer.result?.value;
    }

    /** Presses and releases a key, as a person does. */
    async press(key, code = 0) {
        for (const type of ['keyDown', 'keyUp'])
            await this.#call('Input.dispatchKeyEvent', {
                type,
                key,
                code: key,
                windowsVirtualKeyCode: code,
            });
    }

    /** Clicks on an element, or types text into a field. Returns false where the element never came. */
    async #step(step) {
        const [selector, text] = Array.isArray(step) ? step : [step, null];
        if (!(await this.#until(`${selector}:not(:disabled)`))) return false;
        const element = `document.querySelector(${JSON.stringify(selector)})`;
        const { x, y } = await this.run(`(() => {
            ${element}.scrollIntoView({ block: 'center' });
            const box = ${element}.getBoundingClientRect();
            return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
        })()`);
        for (const type of ['mousePressed', 'mouseReleased'])
            await this.#call('Input.dispatchMouseEvent', { type, x, y, button: 'left', clickCount: 1 });
        if (text !== null) {
            await this.run(`${element}.select?.()`);
            await this.#call('Input.insertText', { text });
            await this.run(`${element}.dispatchEvent(new Event('change', { bubbles: true }))`);
        }
        await this.#call('Input.dispatchMouseEvent', { type: 'mouseMoved', x: 1, y: 1 });
        return true;
    }

    /** Waits until there is an element for this selector. Returns false where there never is. */
    async #until(selector) {
        const there = `document.querySelector(${JSON.stringify(selector)}) !== null`;
        const until = Date.now() + READY_MS_MAX;
        while (Date.now() < until) {
            if (await this.run(there).catch(() => false)) return true;
            await this.run('new Promise((done) => requestAnimationFrame(done))').catch(() => undefined);
        }
        return false;
    }

    #call(method, params = {}) {
        const id = ++this.#last;
        const ofPage = this.#session && !/^(Target|Browser)\./.test(method);
        const message = { id, method, params, ...(ofPage ? { sessionId: this.#session } : {}) };
        return new Promise((done, failed) => {
            this.#waiting.set(id, { done, failed });
            this.#child.stdio[3].write(`${JSON.stringify(message)}\0`);
        });
    }

    #hear(text) {
        const messages = (this.#heard + text).split('\0');
        this.#heard = messages.pop() ?? '';
        for (const message of messages.map((each) => JSON.parse(each))) {
            const waiting = this.#waiting.get(message.id);
            this.#waiting.delete(message.id);
            if (message.error) waiting?.failed(new Error(message.error.message));
            else waiting?.done(message.result);
        }
    }
}
